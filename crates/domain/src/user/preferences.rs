//! What a person wants to be told by mail.

/// Which mail a person wants. Mail about the security of the account always comes and has no switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct NotificationPreferences {
    /// News about the product.
    pub product_email: bool,
    /// Word that the analysis of a recording is ready.
    pub analysis_email: bool,
}

impl Default for NotificationPreferences {
    /// Nothing that was not asked for, but results.
    fn default() -> Self {
        Self { product_email: false, analysis_email: true }
    }
}
