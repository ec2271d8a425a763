//! Why something is done to another person's account.

use utoipa::ToSchema;
use voxgate_domain::Reason;

use crate::extract::{FromForm, Rules};
use crate::form::Form;
use crate::problem::Problem;

/// Why something is done to another person's account.
#[derive(ToSchema)]
#[schema(title = "WithReason", as = WithReason)]
pub(crate) struct ReasonBody {
    /// Why, for the audit trail.
    #[schema(value_type = String, min_length = 1, max_length = 500, example = "Asked for it by telephone, identity checked")]
    pub(super) reason: Reason,
}

impl FromForm for ReasonBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let reason = form.required("reason", Reason::parse);
        let (reason,) = form.finish((reason,))?;
        Ok(Self { reason })
    }
}
