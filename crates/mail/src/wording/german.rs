//! German.

use voxgate_domain::mail::{LinkPurpose, Notice};

use super::{Wording, Words};

pub(super) struct German;

const IGNORE: &str = "Falls Sie das nicht angefordert haben, ist nichts zu tun: Ohne den Link ändert sich nichts.";
const NOT_YOU: &str = "Falls Sie das nicht waren, setzen Sie bitte gleich über „Passwort vergessen“ auf der Anmeldeseite ein neues \
     Passwort und informieren Sie Ihr Behandlungsteam oder unseren Support.";

impl Wording for German {
    fn link(&self, purpose: LinkPurpose) -> Words {
        match purpose {
            LinkPurpose::VerifyAddress => Words {
                subject: "Voxgate: E-Mail-Adresse bestätigen",
                heading: "E-Mail-Adresse bestätigen",
                paragraphs: &[
                    "Mit dieser Adresse wurde ein Konto eröffnet. Bitte bestätigen Sie, dass die Adresse Ihnen gehört.",
                ],
                action: "Adresse bestätigen",
                advice: IGNORE,
            },
            LinkPurpose::FinishRegistration => Words {
                subject: "Voxgate: Registrierung abschließen",
                heading: "Registrierung abschließen",
                paragraphs: &[
                    "Diese Adresse wurde mehrmals zur Registrierung benutzt, bevor sie bestätigt war. Damit das Konto \
                     sicher ist, wählen Sie bitte jetzt ein Passwort. Vorher eingegebene Passwörter gelten nicht mehr.",
                ],
                action: "Passwort wählen",
                advice: IGNORE,
            },
            LinkPurpose::ConfirmNewAddress => Words {
                subject: "Voxgate: neue E-Mail-Adresse bestätigen",
                heading: "Neue E-Mail-Adresse bestätigen",
                paragraphs: &[
                    "Diese Adresse soll für ein Konto bei Voxgate benutzt werden. Sie ersetzt die bisherige, sobald Sie \
                     sie bestätigen.",
                ],
                action: "Neue Adresse bestätigen",
                advice: IGNORE,
            },
            LinkPurpose::ResetPassword => Words {
                subject: "Voxgate: neues Passwort setzen",
                heading: "Neues Passwort setzen",
                paragraphs: &[
                    "Sie haben ein neues Passwort angefordert. Wenn Sie es setzen, werden alle Geräte abgemeldet und Sie \
                     melden sich neu an.",
                ],
                action: "Neues Passwort setzen",
                advice: "Falls Sie das nicht angefordert haben, ist nichts zu tun: Ihr Passwort bleibt, wie es ist.",
            },
            LinkPurpose::AcceptInvitation => Words {
                subject: "Voxgate: Sie sind eingeladen",
                heading: "Sie sind zu Voxgate eingeladen",
                paragraphs: &[
                    "Für Sie wurde ein Konto vorbereitet. Wählen Sie ein Passwort, um zu beginnen; damit ist auch Ihre \
                     Adresse bestätigt.",
                ],
                action: "Passwort wählen",
                advice: "Falls Sie das nicht erwartet haben, ist nichts zu tun: Das Konto bleibt geschlossen.",
            },
        }
    }

    fn notice(&self, notice: Notice) -> Words {
        match notice {
            Notice::AlreadyRegistered => Words {
                subject: "Voxgate: Sie haben bereits ein Konto",
                heading: "Sie haben bereits ein Konto",
                paragraphs: &[
                    "Jemand wollte sich mit dieser Adresse registrieren, zu der es schon ein Konto gibt. Es wurde nichts \
                     geändert.",
                    "Wenn Sie das waren, melden Sie sich wie gewohnt an oder benutzen Sie „Passwort vergessen“ auf der \
                     Anmeldeseite.",
                ],
                action: "",
                advice: "Falls Sie das nicht waren, ist nichts zu tun.",
            },
            Notice::PasswordChanged => Words {
                subject: "Voxgate: Ihr Passwort wurde geändert",
                heading: "Ihr Passwort wurde geändert",
                paragraphs: &["Das Passwort Ihres Kontos wurde geändert; andere Geräte wurden abgemeldet."],
                action: "",
                advice: NOT_YOU,
            },
            Notice::AddressChangeRequested => Words {
                subject: "Voxgate: neue E-Mail-Adresse angefordert",
                heading: "Neue E-Mail-Adresse angefordert",
                paragraphs: &[
                    "Jemand, der in Ihrem Konto angemeldet ist, möchte eine andere E-Mail-Adresse benutzen. Diese bleibt \
                     gültig, bis die neue bestätigt ist.",
                ],
                action: "",
                advice: NOT_YOU,
            },
            Notice::AddressChanged => Words {
                subject: "Voxgate: Ihre E-Mail-Adresse wurde geändert",
                heading: "Ihre E-Mail-Adresse wurde geändert",
                paragraphs: &[
                    "Ihr Konto benutzt jetzt eine andere E-Mail-Adresse. Dies ist die letzte Nachricht an diese hier.",
                ],
                action: "",
                advice: "Falls Sie das nicht waren, informieren Sie bitte sofort Ihr Behandlungsteam oder unseren \
                         Support.",
            },
            Notice::AccountLocked { .. } => Words {
                subject: "Voxgate: Anmeldung pausiert",
                heading: "Die Anmeldung ist für eine Weile pausiert",
                paragraphs: &[
                    "Mehrere Versuche, sich in Ihrem Konto anzumelden, sind fehlgeschlagen. Neue Anmeldungen sind deshalb \
                     pausiert. Angemeldete Geräte laufen normal weiter.",
                ],
                action: "",
                advice: "Sie können warten oder über „Passwort vergessen“ auf der Anmeldeseite ein neues Passwort \
                         setzen. Falls Sie das nicht waren: Ihr Konto ist weiterhin sicher.",
            },
            Notice::SessionCompromised => Words {
                subject: "Voxgate: ein Gerät wurde zur Sicherheit abgemeldet",
                heading: "Ein Gerät wurde zur Sicherheit abgemeldet",
                paragraphs: &[
                    "Eine Anmeldung Ihres Kontos wurde so benutzt, dass sie kopiert worden sein könnte. Sie wurde \
                     beendet. Bitte melden Sie sich auf diesem Gerät neu an.",
                ],
                action: "",
                advice: "Falls Sie sich das nicht erklären können, setzen Sie bitte über „Passwort vergessen“ auf der \
                         Anmeldeseite ein neues Passwort.",
            },
            Notice::MfaEnabled => Words {
                subject: "Voxgate: Anmeldung in zwei Schritten ist ein",
                heading: "Die Anmeldung in zwei Schritten ist eingeschaltet",
                paragraphs: &[
                    "Ab jetzt braucht die Anmeldung Ihr Passwort und einen Code Ihrer Authenticator-App. Bewahren Sie Ihre \
                     Wiederherstellungscodes sicher auf: Jeder ersetzt die App einmal.",
                ],
                action: "",
                advice: NOT_YOU,
            },
            Notice::MfaDisabled => Words {
                subject: "Voxgate: Anmeldung in zwei Schritten ist aus",
                heading: "Die Anmeldung in zwei Schritten ist ausgeschaltet",
                paragraphs: &[
                    "Die Anmeldung in Ihrem Konto braucht jetzt nur noch Ihr Passwort. Ihre Wiederherstellungscodes gelten \
                     nicht mehr.",
                ],
                action: "",
                advice: NOT_YOU,
            },
            Notice::RecoveryCodesRegenerated => Words {
                subject: "Voxgate: neue Wiederherstellungscodes",
                heading: "Neue Wiederherstellungscodes wurden erstellt",
                paragraphs: &[
                    "Für Ihr Konto wurden neue Wiederherstellungscodes erstellt. Die früheren gelten nicht mehr.",
                ],
                action: "",
                advice: NOT_YOU,
            },
            Notice::RecoveryCodeUsed => Words {
                subject: "Voxgate: ein Wiederherstellungscode wurde benutzt",
                heading: "Ein Wiederherstellungscode wurde benutzt",
                paragraphs: &[
                    "Einer Ihrer Wiederherstellungscodes wurde anstelle Ihrer Authenticator-App benutzt. Er gilt nicht noch \
                     einmal. Wenn nur noch wenige übrig sind, erstellen Sie bitte neue.",
                ],
                action: "",
                advice: NOT_YOU,
            },
            Notice::NewDevice { .. } => Words {
                subject: "Voxgate: Anmeldung auf einem neuen Gerät",
                heading: "Anmeldung auf einem neuen Gerät",
                paragraphs: &["In Ihrem Konto wurde auf einem Gerät angemeldet, das vorher nicht benutzt wurde."],
                action: "",
                advice: NOT_YOU,
            },
            Notice::EmergencyAccess { .. } => Words {
                subject: "Voxgate: Notfallzugriff auf Ihre Daten",
                heading: "Notfallzugriff auf Ihre Daten",
                paragraphs: &[
                    "Ein Mitglied des Behandlungsteams hat im Notfall auf die Daten Ihres Kontos zugegriffen. Der Zugriff \
                     endet von selbst, und alles, was damit geschieht, wird aufgezeichnet.",
                ],
                action: "",
                advice: "Wer Ihre Daten gesehen hat, und warum, sehen Sie in der Auskunft über Offenlegungen Ihres \
                         Kontos. Falls Sie von keinem Notfall wissen, fragen Sie bitte Ihr Behandlungsteam.",
            },
            Notice::EmergencyAccessTaken { .. } => Words {
                subject: "Voxgate: Notfallzugriff erfolgt",
                heading: "Es gab einen Notfallzugriff",
                paragraphs: &[
                    "Jemand hat im Notfall auf die Daten einer Person zugegriffen. Sie erhalten diese Nachricht, weil Sie \
                     den Dienst verwalten.",
                ],
                action: "",
                advice: "Bitte prüfen Sie, wer auf wessen Daten zugegriffen hat und warum: Es steht unter der oben \
                         genannten Kennung im Audit-Protokoll.",
            },
            Notice::AccountDeleted => Words {
                subject: "Voxgate: Ihr Konto wurde geschlossen",
                heading: "Ihr Konto wurde geschlossen",
                paragraphs: &["Ihr Konto wurde geschlossen; alle Geräte wurden abgemeldet."],
                action: "",
                advice: "Falls Sie das nicht waren, informieren Sie bitte sofort Ihr Behandlungsteam oder unseren \
                         Support.",
            },
            Notice::RolesChanged => Words {
                subject: "Voxgate: Ihre Rechte wurden geändert",
                heading: "Ihre Rechte wurden geändert",
                paragraphs: &["Jemand aus der Verwaltung hat geändert, was Ihr Konto darf. Die Änderung gilt bereits."],
                action: "",
                advice: "Falls Sie nicht wissen, warum, fragen Sie bitte Ihr Behandlungsteam oder unseren Support.",
            },
        }
    }

    fn good_until(&self, until: &str) -> String {
        format!("Link und Code gelten bis {until} und nur einmal.")
    }

    fn logged_in_at(&self, at: &str, address: &str) -> String {
        format!("Das war am {at} von der Adresse {address}.")
    }

    fn open_until(&self, until: &str, access: &str) -> String {
        format!("Der Zugriff {access} ist offen bis {until}.")
    }

    fn locked_until(&self, until: &str) -> String {
        format!("Ab {until} ist die Anmeldung wieder möglich.")
    }

    fn token_alone(&self) -> &'static str {
        "Falls sich der Link nicht öffnet, geben Sie diesen Code auf der Seite ein:"
    }

    fn footer(&self) -> &'static str {
        "Diese Nachricht wurde von Voxgate automatisch verschickt; Antworten werden nicht gelesen. Wir fragen nie per \
         E-Mail nach Ihrem Passwort."
    }
}
