//! What can be wrong with a field, by the names that clients see.

use std::borrow::Cow;

use voxgate_domain::factor::MalformedCode;
use voxgate_domain::policy::PasswordFault;
use voxgate_domain::role::InvalidRoleName;
use voxgate_domain::webhook::WebhookUrlError;
use voxgate_domain::{
    DateOfBirthError, EmailAddressError, InvalidCursor, InvalidPageLimit, PasswordError, TextError, UnknownTimeZone,
};

/// One thing that is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(super) code: &'static str,
    pub(super) message: Cow<'static, str>,
}

impl Fault {
    pub(crate) const REQUIRED: Self = Self::new("required", "is required");
    pub(super) const UNKNOWN_FIELD: Self = Self::new("unknown_field", "is not a field of this request");
    pub(super) const NOT_TEXT: Self = Self::new("wrong_type", "must be a string");
    pub(super) const NOT_BOOL: Self = Self::new("wrong_type", "must be true or false");
    pub(super) const NOT_COUNT: Self = Self::new("wrong_type", "must be a whole number that is not negative");
    pub(super) const NOT_LIST: Self = Self::new("wrong_type", "must be a list");
    pub(super) const TOO_MANY: Self = Self::new("too_long", "has too many items");
    pub(super) const REPEATED: Self = Self::new("repeated", "is given more than once");
    pub(super) const NOT_OBJECT: Self = Self::new("wrong_type", "must be a JSON object");

    /// A fault of this name.
    pub(crate) const fn new(code: &'static str, message: &'static str) -> Self {
        Self { code, message: Cow::Borrowed(message) }
    }

    fn of(code: &'static str, error: &impl ToString) -> Self {
        Self { code, message: Cow::Owned(error.to_string()) }
    }
}

/// All that is wrong with a field, in whatever way that is known.
pub(crate) trait IntoFaults {
    /// The faults.
    fn into_faults(self) -> Vec<Fault>;
}

impl IntoFaults for Fault {
    fn into_faults(self) -> Vec<Fault> {
        vec![self]
    }
}

impl IntoFaults for Vec<Fault> {
    fn into_faults(self) -> Vec<Fault> {
        self
    }
}

/// For what cannot fail.
impl IntoFaults for std::convert::Infallible {
    fn into_faults(self) -> Vec<Fault> {
        match self {}
    }
}

impl IntoFaults for EmailAddressError {
    fn into_faults(self) -> Vec<Fault> {
        let code = match self {
            Self::Empty => "required",
            Self::TooLong => "too_long",
            _ => "malformed",
        };
        vec![Fault::of(code, &self)]
    }
}

impl IntoFaults for TextError {
    fn into_faults(self) -> Vec<Fault> {
        let code = match self {
            Self::Empty => "required",
            Self::TooLong { .. } => "too_long",
            _ => "malformed",
        };
        vec![Fault::of(code, &self)]
    }
}

impl IntoFaults for WebhookUrlError {
    fn into_faults(self) -> Vec<Fault> {
        let code = match self {
            Self::TooLong => "too_long",
            Self::NotEncrypted => "not_encrypted",
            _ => "malformed",
        };
        vec![Fault::of(code, &self)]
    }
}

impl IntoFaults for DateOfBirthError {
    fn into_faults(self) -> Vec<Fault> {
        let code = match self {
            Self::OutOfRange => "out_of_range",
            _ => "malformed",
        };
        vec![Fault::of(code, &self)]
    }
}

impl IntoFaults for UnknownTimeZone {
    fn into_faults(self) -> Vec<Fault> {
        vec![Fault::of("unknown", &self)]
    }
}

impl IntoFaults for InvalidRoleName {
    fn into_faults(self) -> Vec<Fault> {
        vec![Fault::of("malformed", &self)]
    }
}

impl IntoFaults for InvalidPageLimit {
    fn into_faults(self) -> Vec<Fault> {
        vec![Fault::of("out_of_range", &self)]
    }
}

impl IntoFaults for InvalidCursor {
    fn into_faults(self) -> Vec<Fault> {
        vec![Fault::of("malformed", &self)]
    }
}

impl IntoFaults for MalformedCode {
    fn into_faults(self) -> Vec<Fault> {
        vec![Fault::of("malformed", &self)]
    }
}

impl IntoFaults for PasswordError {
    fn into_faults(self) -> Vec<Fault> {
        vec![PasswordFault::from(self)].into_faults()
    }
}

impl IntoFaults for Vec<PasswordFault> {
    fn into_faults(self) -> Vec<Fault> {
        self.iter().map(|fault| Fault::of(fault.code(), fault)).collect()
    }
}
