//! Fields that were read, and the trade of several of them for their values.

/// A field of a form that was read: its value when that was good, and nothing when a fault was noted. The value comes
/// out through [`Form::finish`](super::Form::finish) alone.
#[must_use = "a field is traded for its value by Form::finish"]
pub(crate) struct Field<T>(Option<T>);

impl<T> Field<T> {
    pub(crate) const fn good(value: T) -> Self {
        Self(Some(value))
    }

    pub(crate) const fn bad() -> Self {
        Self(None)
    }

    /// A look at the value, when it is good: for rules that join two fields.
    pub(crate) const fn peek(&self) -> Option<&T> {
        self.0.as_ref()
    }

    /// Several fields as one, which is good when all are.
    pub(crate) fn join<F: Fields<Values = T>>(fields: F) -> Self {
        Self(fields.values())
    }

    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> Field<U> {
        Field(self.0.map(f))
    }
}

/// Several fields.
pub(crate) trait Fields {
    /// Their values.
    type Values;

    /// The values when all are good.
    fn values(self) -> Option<Self::Values>;
}

macro_rules! fields {
    ($($T:ident $field:ident),+) => {
        impl<$($T),+> Fields for ($(Field<$T>,)+) {
            type Values = ($($T,)+);

            fn values(self) -> Option<Self::Values> {
                let ($($field,)+) = self;
                Some(($($field.0?,)+))
            }
        }
    };
}

fields!(A a);
fields!(A a, B b);
fields!(A a, B b, C c);
fields!(A a, B b, C c, D d);
fields!(A a, B b, C c, D d, E e);
fields!(A a, B b, C c, D d, E e, F f);
