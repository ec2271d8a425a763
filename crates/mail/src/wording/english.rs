//! English.

use voxgate_domain::mail::{LinkPurpose, Notice};

use super::{Wording, Words};

pub(super) struct English;

const IGNORE: &str = "If you did not ask for this, you can ignore this message: nothing changes without the link.";
const NOT_YOU: &str = "If this was not you, set a new password now with \"Forgot password\" on the login page, and tell your care team or \
     our support.";

impl Wording for English {
    fn link(&self, purpose: LinkPurpose) -> Words {
        match purpose {
            LinkPurpose::VerifyAddress => Words {
                subject: "Voxgate: confirm your e-mail address",
                heading: "Confirm your e-mail address",
                paragraphs: &["An account was opened with this address. Please confirm that the address is yours."],
                action: "Confirm my address",
                advice: IGNORE,
            },
            LinkPurpose::FinishRegistration => Words {
                subject: "Voxgate: finish your registration",
                heading: "Finish your registration",
                paragraphs: &[
                    "This address was used to register more than once before it was confirmed. To keep the account \
                     safe, please choose a password now. Passwords entered before no longer count.",
                ],
                action: "Choose my password",
                advice: IGNORE,
            },
            LinkPurpose::ConfirmNewAddress => Words {
                subject: "Voxgate: confirm your new e-mail address",
                heading: "Confirm your new e-mail address",
                paragraphs: &[
                    "Somebody asked to use this address for a Voxgate account. It takes the place of the old one once \
                     you confirm it.",
                ],
                action: "Confirm my new address",
                advice: IGNORE,
            },
            LinkPurpose::ResetPassword => Words {
                subject: "Voxgate: set a new password",
                heading: "Set a new password",
                paragraphs: &[
                    "You asked for a new password. When you set it, all devices are logged out and you log in again.",
                ],
                action: "Set a new password",
                advice: "If you did not ask for this, you can ignore this message: your password stays as it is.",
            },
            LinkPurpose::AcceptInvitation => Words {
                subject: "Voxgate: you are invited",
                heading: "You are invited to Voxgate",
                paragraphs: &[
                    "An account was prepared for you. Choose a password to begin; this also confirms your address.",
                ],
                action: "Choose my password",
                advice: "If you did not expect this, you can ignore this message: the account stays closed.",
            },
        }
    }

    fn notice(&self, notice: Notice) -> Words {
        match notice {
            Notice::AlreadyRegistered => Words {
                subject: "Voxgate: you already have an account",
                heading: "You already have an account",
                paragraphs: &[
                    "Somebody tried to register with this address, which already has an account. Nothing was changed.",
                    "If it was you, log in as usual, or use \"Forgot password\" on the login page.",
                ],
                action: "",
                advice: "If it was not you, there is nothing you need to do.",
            },
            Notice::PasswordChanged => Words {
                subject: "Voxgate: your password was changed",
                heading: "Your password was changed",
                paragraphs: &["The password of your account was changed, and other devices were logged out."],
                action: "",
                advice: NOT_YOU,
            },
            Notice::AddressChangeRequested => Words {
                subject: "Voxgate: a new e-mail address was asked for",
                heading: "A new e-mail address was asked for",
                paragraphs: &[
                    "Somebody logged in to your account asked to use another e-mail address. This one stays in use \
                     until the new one is confirmed.",
                ],
                action: "",
                advice: NOT_YOU,
            },
            Notice::AddressChanged => Words {
                subject: "Voxgate: your e-mail address was changed",
                heading: "Your e-mail address was changed",
                paragraphs: &["Your account now uses another e-mail address. This is the last message to this one."],
                action: "",
                advice: "If this was not you, tell your care team or our support at once.",
            },
            Notice::AccountLocked { .. } => Words {
                subject: "Voxgate: login paused",
                heading: "Login is paused for a while",
                paragraphs: &[
                    "There were several failed attempts to log in to your account, so new logins are paused. Devices \
                     that are logged in go on as usual.",
                ],
                action: "",
                advice: "You can wait, or set a new password with \"Forgot password\" on the login page. If it was not \
                         you who tried, your account is still safe.",
            },
            Notice::SessionCompromised => Words {
                subject: "Voxgate: a device was logged out for safety",
                heading: "A device was logged out for safety",
                paragraphs: &[
                    "A login of your account was used in a way that can mean it was copied. It was ended. Please log in \
                     again on that device.",
                ],
                action: "",
                advice: "If you do not know why this happened, set a new password with \"Forgot password\" on the login \
                         page.",
            },
            Notice::MfaEnabled => Words {
                subject: "Voxgate: two-step login is on",
                heading: "Two-step login is on",
                paragraphs: &[
                    "From now on, logging in takes your password and a code of your authenticator app. Keep your recovery \
                     codes in a safe place: each of them works once in the place of the app.",
                ],
                action: "",
                advice: NOT_YOU,
            },
            Notice::MfaDisabled => Words {
                subject: "Voxgate: two-step login is off",
                heading: "Two-step login is off",
                paragraphs: &["Logging in to your account takes only your password now. Your recovery codes are void."],
                action: "",
                advice: NOT_YOU,
            },
            Notice::RecoveryCodesRegenerated => Words {
                subject: "Voxgate: new recovery codes",
                heading: "New recovery codes were made",
                paragraphs: &["New recovery codes were made for your account. The former ones do not work any more."],
                action: "",
                advice: NOT_YOU,
            },
            Notice::RecoveryCodeUsed => Words {
                subject: "Voxgate: a recovery code was used",
                heading: "A recovery code was used",
                paragraphs: &[
                    "One of your recovery codes was used in the place of your authenticator app. It does not work again. \
                     If only a few are left, make new ones.",
                ],
                action: "",
                advice: NOT_YOU,
            },
            Notice::NewDevice { .. } => Words {
                subject: "Voxgate: a new device logged in",
                heading: "A new device logged in",
                paragraphs: &["Somebody logged in to your account on a device that was not used before."],
                action: "",
                advice: NOT_YOU,
            },
            Notice::EmergencyAccess { .. } => Words {
                subject: "Voxgate: emergency access to your data",
                heading: "Emergency access to your data",
                paragraphs: &[
                    "A member of the care team took emergency access to the data of your account. It ends by itself, and \
                     everything that is done with it is recorded.",
                ],
                action: "",
                advice: "You can see who saw your data, and why, in the accounting of disclosures of your account. If \
                         you do not know of an emergency, ask your care team.",
            },
            Notice::EmergencyAccessTaken { .. } => Words {
                subject: "Voxgate: emergency access was taken",
                heading: "Emergency access was taken",
                paragraphs: &[
                    "Somebody took emergency access to a person's data. You get this message because you administer the \
                     service.",
                ],
                action: "",
                advice: "Review who took it, to whose data and why: the audit trail has it under the name above.",
            },
            Notice::AccountDeleted => Words {
                subject: "Voxgate: your account was closed",
                heading: "Your account was closed",
                paragraphs: &["Your account was closed and all devices were logged out."],
                action: "",
                advice: "If this was not you, tell your care team or our support at once.",
            },
            Notice::RolesChanged => Words {
                subject: "Voxgate: your rights were changed",
                heading: "Your rights were changed",
                paragraphs: &["An administrator changed what your account may do. The change counts already."],
                action: "",
                advice: "If you do not know why, ask your care team or our support.",
            },
        }
    }

    fn good_until(&self, until: &str) -> String {
        format!("The link and the code are good until {until} and work once.")
    }

    fn logged_in_at(&self, at: &str, address: &str) -> String {
        format!("It was at {at}, from the address {address}.")
    }

    fn open_until(&self, until: &str, access: &str) -> String {
        format!("The access {access} is open until {until}.")
    }

    fn locked_until(&self, until: &str) -> String {
        format!("Logging in is possible again from {until}.")
    }

    fn token_alone(&self) -> &'static str {
        "If the link does not open, enter this code on the page:"
    }

    fn footer(&self) -> &'static str {
        "This message was sent automatically by Voxgate; answers are not read. We never ask for your password by mail."
    }
}
