//! Bodies of requests and answers. Written by `just clients` from the OpenAPI document: a change here is lost.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::pages::Page;
use crate::secret::Secret;

/// That something was set going.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Accepted {
    /// What was set going.
    pub status: AcceptedStatus,
}

/// What was set going.
#[derive(Clone, Debug, Copy, Eq, PartialEq, Deserialize)]
#[non_exhaustive]
pub enum AcceptedStatus {
    /// `verification_sent`.
    #[serde(rename = "verification_sent")]
    VerificationSent,
    /// `reset_sent`.
    #[serde(rename = "reset_sent")]
    ResetSent,
    /// A word that this version of the client does not know.
    #[serde(other)]
    Unknown,
}

/// An address that a link is asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Address {
    /// The address.
    pub email: String,
}

impl Address {
    /// One with what must be there.
    #[must_use]
    pub fn new(email: impl Into<String>) -> Self {
        Self { email: email.into() }
    }
}

/// An event of the audit trail.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct AuditEvent {
    /// The `id`.
    pub id: Uuid,
    /// The `occurred_at`.
    pub occurred_at: DateTime<Utc>,
    /// What was done: dotted, the thing first.
    pub event: String,
    /// `success`, `failure` or `denied`.
    pub outcome: String,
    /// Who did it; nobody when the caller is not known.
    pub actor_id: Option<Uuid>,
    /// To whom.
    pub subject_id: Option<Uuid>,
    /// The `session_id`.
    pub session_id: Option<Uuid>,
    /// The `ip_address`.
    pub ip_address: Option<String>,
    /// The `user_agent`.
    pub user_agent: Option<String>,
    /// The `request_id`.
    pub request_id: Option<String>,
    /// Why, in the words of whoever did it.
    pub reason: Option<String>,
    /// The facts of the act: names of changed fields, never their values.
    pub details: Map<String, Value>,
}

/// A page of audit events, newest first.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct AuditEventList {
    /// The `items`.
    pub items: Vec<AuditEvent>,
    /// Gets the next page; null on the last one.
    pub next_cursor: Option<String>,
}

impl Page for AuditEventList {
    type Item = AuditEvent;

    fn into_parts(self) -> (Vec<AuditEvent>, Option<String>) {
        (self.items, self.next_cursor)
    }
}

/// How one part does.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Component {
    /// How it does.
    pub status: Health,
    /// How long it took to find out, in milliseconds.
    pub latency_ms: f64,
    /// What is wrong, when something is.
    pub detail: Option<String>,
}

/// How the service does, part by part.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct DetailedHealth {
    /// `down` when it cannot work, `degraded` when a part is not as it should be.
    pub status: Health,
    /// The version that runs.
    pub version: String,
    /// Each part.
    pub components: BTreeMap<String, Component>,
}

/// Somebody saw data of a person (45 CFR 164.528(b)(2)).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Disclosure {
    /// The audit event of it.
    pub id: Uuid,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Who saw them.
    pub disclosed_to: Option<Uuid>,
    /// What was seen, by the name of the audit event.
    pub event: String,
    /// Why, as far as whoever saw them said so (header `X-Access-Reason`).
    pub reason: Option<String>,
    /// The emergency access under which it was.
    pub emergency_access_id: Option<Uuid>,
}

/// A page of disclosures, newest first.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct DisclosureList {
    /// The `items`.
    pub items: Vec<Disclosure>,
    /// Gets the next page; null on the last one.
    pub next_cursor: Option<String>,
}

impl Page for DisclosureList {
    type Item = Disclosure;

    fn into_parts(self) -> (Vec<Disclosure>, Option<String>) {
        (self.items, self.next_cursor)
    }
}

/// The token of a link that proves an address.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct EmailVerification {
    /// The token that came by mail.
    pub token: Secret,
}

impl EmailVerification {
    /// One with what must be there.
    #[must_use]
    pub fn new(token: impl Into<Secret>) -> Self {
        Self { token: token.into() }
    }
}

/// An emergency access.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct EmergencyAccess {
    /// The `id`.
    pub id: Uuid,
    /// Who took it.
    pub holder_id: Uuid,
    /// Whose data it opens.
    pub subject_id: Uuid,
    /// The `reason`.
    pub reason: String,
    /// What it allows on the subject.
    pub permissions: Vec<String>,
    /// The `granted_at`.
    pub granted_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// When its holder closed it.
    pub closed_at: Option<DateTime<Utc>>,
}

/// Emergency accesses, newest first.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct EmergencyAccessList {
    /// The `items`.
    pub items: Vec<EmergencyAccess>,
    /// Gets the next page; null on the last one.
    pub next_cursor: Option<String>,
}

impl Page for EmergencyAccessList {
    type Item = EmergencyAccess;

    fn into_parts(self) -> (Vec<EmergencyAccess>, Option<String>) {
        (self.items, self.next_cursor)
    }
}

/// To whose data emergency access is taken, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct EmergencyAccessRequest {
    /// Whose data.
    pub subject_id: Uuid,
    /// Why; it is recorded, and administrators read it.
    pub reason: String,
}

impl EmergencyAccessRequest {
    /// One with what must be there.
    #[must_use]
    pub fn new(subject_id: Uuid, reason: impl Into<String>) -> Self {
        Self { subject_id, reason: reason.into() }
    }
}

/// All that is held about a person.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Export {
    /// When it was put together.
    pub exported_at: DateTime<Utc>,
    /// A user.
    pub user: User,
    /// The `roles`.
    pub roles: Vec<Role>,
    /// The `sessions`.
    pub sessions: Vec<Session>,
    /// What there is of the second factor.
    pub mfa: MfaStatus,
    /// What a person is told by mail.
    pub notification_preferences: NotificationPreferences,
    /// The devices on which the person logged in.
    pub known_devices: Vec<KnownDevice>,
    /// What the person was told by mail, newest first.
    pub notifications: Vec<Notification>,
    /// The latest audit events about or by the person, newest first.
    pub audit_events: Vec<AuditEvent>,
}

/// A code or a recovery code.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct FactorProof {
    /// The code that the app shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
    /// A recovery code, in the place of the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_code: Option<Secret>,
}

impl FactorProof {
    /// The same with this secret `code`.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<Secret>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// The same with this secret `recovery_code`.
    #[must_use]
    pub fn with_recovery_code(mut self, recovery_code: impl Into<Secret>) -> Self {
        self.recovery_code = Some(recovery_code.into());
        self
    }
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct FieldError {
    /// The name of the field in the request; empty for the request as a whole.
    pub field: String,
    /// The stable name of the fault.
    pub code: String,
    /// The fault in words.
    pub message: String,
}

/// How something does; the worse, the greater.
#[derive(Clone, Debug, Copy, Eq, PartialEq, Deserialize)]
#[non_exhaustive]
pub enum Health {
    /// `ok`.
    #[serde(rename = "ok")]
    Ok,
    /// `degraded`.
    #[serde(rename = "degraded")]
    Degraded,
    /// `down`.
    #[serde(rename = "down")]
    Down,
    /// A word that this version of the client does not know.
    #[serde(other)]
    Unknown,
}

/// That it works.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct HealthSummary {
    /// `ok`.
    pub status: String,
    /// The version that runs.
    pub version: String,
}

/// Who is invited.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Invitation {
    /// The address, which is proven when its owner accepts.
    pub email: String,
    /// The names of the roles from the beginning.
    pub roles: Vec<String>,
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
}

impl Invitation {
    /// One with what must be there.
    #[must_use]
    pub fn new(email: impl Into<String>, roles: Vec<String>) -> Self {
        Self { email: email.into(), roles, first_name: None, last_name: None }
    }

    /// The same with this `first_name`.
    #[must_use]
    pub fn with_first_name(mut self, first_name: impl Into<String>) -> Self {
        self.first_name = Some(first_name.into());
        self
    }

    /// The same with this `last_name`.
    #[must_use]
    pub fn with_last_name(mut self, last_name: impl Into<String>) -> Self {
        self.last_name = Some(last_name.into());
        self
    }
}

/// One public key: an RSA key for verifying RS256 signatures (RFC 7518, section 6.3.1).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Key {
    /// The type of the key.
    pub kty: String,
    /// What it is for.
    pub r#use: String,
    /// The one algorithm it is for.
    pub alg: String,
    /// Which key it is.
    pub kid: String,
    /// The modulus.
    pub n: String,
    /// The exponent.
    pub e: String,
}

/// The public keys (RFC 7517, section 5).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct KeySet {
    /// The `keys`.
    pub keys: Vec<Key>,
}

/// A device on which the person logged in.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct KnownDevice {
    /// The `first_seen_at`.
    pub first_seen_at: DateTime<Utc>,
    /// The `last_seen_at`.
    pub last_seen_at: DateTime<Utc>,
}

/// What somebody logs in with.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Login {
    /// The address.
    pub email: String,
    /// The password.
    pub password: Secret,
    /// What the person calls the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
    /// The `token_delivery`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_delivery: Option<TokenDelivery>,
}

impl Login {
    /// One with what must be there.
    #[must_use]
    pub fn new(email: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self { email: email.into(), password: password.into(), device_name: None, token_delivery: None }
    }

    /// The same with this `device_name`.
    #[must_use]
    pub fn with_device_name(mut self, device_name: impl Into<String>) -> Self {
        self.device_name = Some(device_name.into());
        self
    }

    /// The same with this `token_delivery`.
    #[must_use]
    pub fn with_token_delivery(mut self, token_delivery: TokenDelivery) -> Self {
        self.token_delivery = Some(token_delivery);
        self
    }
}

/// What a right password comes to.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum LoginAnswer {
    /// The session has begun.
    TokenPair(TokenPair),
    /// A code is owed.
    MfaChallenge(MfaChallenge),
}

/// A login that owes a code of the second factor. It does not print: whoever holds its token may try codes.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct MfaChallenge {
    /// Always true; a token pair has no such field.
    pub mfa_required: bool,
    /// What comes with the code to `/auth/mfa/verify`.
    pub mfa_token: Secret,
    /// What can be sent there.
    pub methods: Vec<String>,
    /// How long the code may take, in seconds.
    pub expires_in: u64,
}

/// What there is of the second factor.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct MfaStatus {
    /// The authenticator app.
    pub totp: TotpStatus,
    /// How many recovery codes can still be used.
    pub recovery_codes_remaining: u32,
}

/// The token of a login that owes a code, and the code or a recovery code.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct MfaVerification {
    /// The token that the login answered.
    pub mfa_token: Secret,
    /// The code that the app shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
    /// A recovery code, in the place of the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_code: Option<Secret>,
}

impl MfaVerification {
    /// One with what must be there.
    #[must_use]
    pub fn new(mfa_token: impl Into<Secret>) -> Self {
        Self { mfa_token: mfa_token.into(), code: None, recovery_code: None }
    }

    /// The same with this secret `code`.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<Secret>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// The same with this secret `recovery_code`.
    #[must_use]
    pub fn with_recovery_code(mut self, recovery_code: impl Into<Secret>) -> Self {
        self.recovery_code = Some(recovery_code.into());
        self
    }
}

/// The address that shall take the place of the present one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NewAddress {
    /// The new address.
    pub new_email: String,
}

impl NewAddress {
    /// One with what must be there.
    #[must_use]
    pub fn new(new_email: impl Into<String>) -> Self {
        Self { new_email: new_email.into() }
    }
}

/// What a person wants to be told by mail from now on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NewNotificationPreferences {
    /// News about the product.
    pub product_email: bool,
    /// Word that the analysis of a recording is ready; absent means as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analysis_email: Option<bool>,
    /// Cannot be turned off: true, or absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_email: Option<bool>,
}

impl NewNotificationPreferences {
    /// One with what must be there.
    #[must_use]
    pub fn new(product_email: bool) -> Self {
        Self { product_email, analysis_email: None, security_email: None }
    }

    /// The same with this `analysis_email`.
    #[must_use]
    pub fn with_analysis_email(mut self, analysis_email: bool) -> Self {
        self.analysis_email = Some(analysis_email);
        self
    }

    /// The same with this `security_email`.
    #[must_use]
    pub fn with_security_email(mut self, security_email: bool) -> Self {
        self.security_email = Some(security_email);
        self
    }
}

/// The new roles of a user.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NewRoles {
    /// The names of all roles that the user shall have.
    pub roles: Vec<String>,
    /// Why, for the audit trail.
    pub reason: String,
}

impl NewRoles {
    /// One with what must be there.
    #[must_use]
    pub fn new(roles: Vec<String>, reason: impl Into<String>) -> Self {
        Self { roles, reason: reason.into() }
    }
}

/// A service account that shall be made.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NewServiceAccount {
    /// What it is called; no two that are on have the same name.
    pub name: String,
    /// What it may do.
    pub permissions: Vec<String>,
    /// Why, for the audit trail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl NewServiceAccount {
    /// One with what must be there.
    #[must_use]
    pub fn new(name: impl Into<String>, permissions: Vec<String>) -> Self {
        Self { name: name.into(), permissions, reason: None }
    }

    /// The same with this `reason`.
    #[must_use]
    pub fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// The new status of an account.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NewStatus {
    /// `active` or `inactive`.
    pub status: String,
    /// Why, for the audit trail.
    pub reason: String,
}

impl NewStatus {
    /// One with what must be there.
    #[must_use]
    pub fn new(status: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { status: status.into(), reason: reason.into() }
    }
}

/// A new endpoint of webhooks.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NewWebhook {
    /// Where events are sent: `https`, or `http` on this machine in development.
    pub url: String,
    /// What it is, for other administrators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it is told, such as `user.deleted`; everything when absent or empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<String>>,
}

impl NewWebhook {
    /// One with what must be there.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), description: None, events: None }
    }

    /// The same with this `description`.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The same with this `events`.
    #[must_use]
    pub fn with_events(mut self, events: Vec<String>) -> Self {
        self.events = Some(events);
        self
    }
}

/// A message to the owner of an account; its words are not kept.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Notification {
    /// The `id`.
    pub id: Uuid,
    /// Which message.
    pub kind: String,
    /// By which way: always `email`.
    pub channel: String,
    /// `queued`, `sent` or `failed`.
    pub status: String,
    /// The `queued_at`.
    pub queued_at: DateTime<Utc>,
    /// When the mail server took it.
    pub sent_at: Option<DateTime<Utc>>,
}

/// A page of messages, newest first.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct NotificationList {
    /// The `items`.
    pub items: Vec<Notification>,
    /// Gets the next page; null on the last one.
    pub next_cursor: Option<String>,
}

impl Page for NotificationList {
    type Item = Notification;

    fn into_parts(self) -> (Vec<Notification>, Option<String>) {
        (self.items, self.next_cursor)
    }
}

/// What a person is told by mail.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct NotificationPreferences {
    /// Mail about the security of the account, which always comes.
    pub security_email: bool,
    /// News about the product.
    pub product_email: bool,
    /// Word that the analysis of a recording is ready.
    pub analysis_email: bool,
}

/// The present password and the one to take its place.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PasswordChange {
    /// The present password.
    pub current_password: Secret,
    /// The new password.
    pub new_password: Secret,
}

impl PasswordChange {
    /// One with what must be there.
    #[must_use]
    pub fn new(current_password: impl Into<Secret>, new_password: impl Into<Secret>) -> Self {
        Self { current_password: current_password.into(), new_password: new_password.into() }
    }
}

/// The token of a link that sets a password, and the password.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PasswordReset {
    /// The token that came by mail: of a reset, an invitation, or a registration that was begun twice.
    pub token: Secret,
    /// The new password.
    pub new_password: Secret,
}

impl PasswordReset {
    /// One with what must be there.
    #[must_use]
    pub fn new(token: impl Into<Secret>, new_password: impl Into<Secret>) -> Self {
        Self { token: token.into(), new_password: new_password.into() }
    }
}

/// A problem (RFC 9457).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Problem {
    /// The URI of the kind of problem.
    pub r#type: String,
    /// What the kind is.
    pub title: String,
    /// The status of the answer.
    pub status: u32,
    /// The stable, machine-readable name of the kind.
    pub code: String,
    /// This occurrence in words.
    pub detail: String,
    /// The request, for finding it in logs.
    pub request_id: String,
    /// The code as RFC 6749, section 5.2, wants it, for errors of the token endpoint alone.
    pub error: Option<String>,
    /// What is wrong with which field, for `validation_failed` alone.
    #[serde(default)]
    pub errors: Vec<FieldError>,
}

/// What a person says of themselves. A field that is absent or null is emptied.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Profile {
    /// Date of birth (ISO 8601), between 1900 and today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_of_birth: Option<NaiveDate>,
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Language of mails and pages (BCP 47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Telephone number (E.164).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// Time zone (IANA).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
}

impl Profile {
    /// The same with this `date_of_birth`.
    #[must_use]
    pub fn with_date_of_birth(mut self, date_of_birth: NaiveDate) -> Self {
        self.date_of_birth = Some(date_of_birth);
        self
    }

    /// The same with this `first_name`.
    #[must_use]
    pub fn with_first_name(mut self, first_name: impl Into<String>) -> Self {
        self.first_name = Some(first_name.into());
        self
    }

    /// The same with this `last_name`.
    #[must_use]
    pub fn with_last_name(mut self, last_name: impl Into<String>) -> Self {
        self.last_name = Some(last_name.into());
        self
    }

    /// The same with this `locale`.
    #[must_use]
    pub fn with_locale(mut self, locale: impl Into<String>) -> Self {
        self.locale = Some(locale.into());
        self
    }

    /// The same with this `phone_number`.
    #[must_use]
    pub fn with_phone_number(mut self, phone_number: impl Into<String>) -> Self {
        self.phone_number = Some(phone_number.into());
        self
    }

    /// The same with this `timezone`.
    #[must_use]
    pub fn with_timezone(mut self, timezone: impl Into<String>) -> Self {
        self.timezone = Some(timezone.into());
        self
    }
}

/// The proof that it is still the owner of the session who calls.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Reauthentication {
    /// The password.
    pub password: Secret,
    /// The code of the second factor, where the caller has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
}

impl Reauthentication {
    /// One with what must be there.
    #[must_use]
    pub fn new(password: impl Into<Secret>) -> Self {
        Self { password: password.into(), code: None }
    }

    /// The same with this secret `code`.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<Secret>) -> Self {
        self.code = Some(code.into());
        self
    }
}

/// Recovery codes, shown this once.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct RecoveryCodes {
    /// The `recovery_codes`.
    pub recovery_codes: Vec<Secret>,
}

/// The refresh token, unless it is in the cookie.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Refresh {
    /// The refresh token; counts before the one in the cookie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
}

impl Refresh {
    /// The same with this secret `refresh_token`.
    #[must_use]
    pub fn with_refresh_token(mut self, refresh_token: impl Into<Secret>) -> Self {
        self.refresh_token = Some(refresh_token.into());
        self
    }
}

/// What somebody registers with.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Registration {
    /// The address, which is to be proven.
    pub email: String,
    /// The password: 12 to 128 characters with upper and lower case, a digit and a special character, not easy to guess.
    pub password: Secret,
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Language of mails and pages (BCP 47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

impl Registration {
    /// One with what must be there.
    #[must_use]
    pub fn new(email: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self { email: email.into(), password: password.into(), first_name: None, last_name: None, locale: None }
    }

    /// The same with this `first_name`.
    #[must_use]
    pub fn with_first_name(mut self, first_name: impl Into<String>) -> Self {
        self.first_name = Some(first_name.into());
        self
    }

    /// The same with this `last_name`.
    #[must_use]
    pub fn with_last_name(mut self, last_name: impl Into<String>) -> Self {
        self.last_name = Some(last_name.into());
        self
    }

    /// The same with this `locale`.
    #[must_use]
    pub fn with_locale(mut self, locale: impl Into<String>) -> Self {
        self.locale = Some(locale.into());
        self
    }
}

/// A session that is over.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Revocation {
    /// The `sid` of its access tokens.
    pub session_id: Uuid,
    /// The `ended_at`.
    pub ended_at: DateTime<Utc>,
}

/// Sessions that are over, in the order of their ends.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct RevocationList {
    /// The `items`.
    pub items: Vec<Revocation>,
    /// Gets the next page; null on the last one.
    pub next_cursor: Option<String>,
    /// What to ask for as `since` next time: a little before now, so that some are told twice and none is missed.
    pub next_since: DateTime<Utc>,
}

impl Page for RevocationList {
    type Item = Revocation;

    fn into_parts(self) -> (Vec<Revocation>, Option<String>) {
        (self.items, self.next_cursor)
    }
}

/// A role, and what it allows.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Role {
    /// The `name`.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What it allows.
    pub permissions: Vec<String>,
}

/// Every role there is.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct RoleList {
    /// The `items`.
    pub items: Vec<Role>,
    /// Always null: all roles fit on one page.
    pub next_cursor: Option<String>,
}

impl Page for RoleList {
    type Item = Role;

    fn into_parts(self) -> (Vec<Role>, Option<String>) {
        (self.items, self.next_cursor)
    }
}

/// How long the present secret works on beside the new one.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SecretRotation {
    /// Seconds, at most 30 days; a day when not given, not at all when 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap_seconds: Option<u64>,
}

impl SecretRotation {
    /// The same with this `overlap_seconds`.
    #[must_use]
    pub fn with_overlap_seconds(mut self, overlap_seconds: u64) -> Self {
        self.overlap_seconds = Some(overlap_seconds);
        self
    }
}

/// A service account. Its secret is not known to anybody but whoever made it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ServiceAccount {
    /// Its client id.
    pub id: Uuid,
    /// The `name`.
    pub name: String,
    /// The `permissions`.
    pub permissions: Vec<String>,
    /// The `created_at`.
    pub created_at: DateTime<Utc>,
    /// Until when the secret before the present one works, when there is one.
    pub previous_secret_until: Option<DateTime<Utc>>,
    /// When it was switched off.
    pub disabled_at: Option<DateTime<Utc>>,
}

/// Service accounts, newest first.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ServiceAccountList {
    /// The `items`.
    pub items: Vec<ServiceAccount>,
    /// Gets the next page; null on the last one.
    pub next_cursor: Option<String>,
}

impl Page for ServiceAccountList {
    type Item = ServiceAccount;

    fn into_parts(self) -> (Vec<ServiceAccount>, Option<String>) {
        (self.items, self.next_cursor)
    }
}

/// A service account with its secret, which is shown this once.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct ServiceAccountSecret {
    /// A service account. Its secret is not known to anybody but whoever made it.
    pub account: ServiceAccount,
    /// The secret. It is not kept, and cannot be shown again.
    pub client_secret: Secret,
}

/// A token for a machine (RFC 6749, section 5.1). It does not print.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct ServiceToken {
    /// The `access_token`.
    pub access_token: Secret,
    /// The `token_type`.
    pub token_type: String,
    /// How long it is valid, in seconds.
    pub expires_in: u64,
    /// What it is for, which can be less than was asked.
    pub scope: String,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Session {
    /// Which session.
    pub id: Uuid,
    /// Whether it is the one that asks.
    pub current: bool,
    /// What its owner calls the device.
    pub device_name: Option<String>,
    /// The browser or program.
    pub user_agent: Option<String>,
    /// The network address at login.
    pub ip_address: String,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was refreshed last.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// How its owner proved who they are (RFC 8176).
    pub amr: Vec<String>,
}

/// Open sessions, newest first.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct SessionList {
    /// The `items`.
    pub items: Vec<Session>,
    /// Always null: all sessions of a user fit on one page.
    pub next_cursor: Option<String>,
}

impl Page for SessionList {
    type Item = Session;

    fn into_parts(self) -> (Vec<Session>, Option<String>) {
        (self.items, self.next_cursor)
    }
}

/// Where the refresh token goes.
#[derive(Clone, Debug, Copy, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub enum TokenDelivery {
    /// `body`.
    #[serde(rename = "body")]
    Body,
    /// `cookie`.
    #[serde(rename = "cookie")]
    Cookie,
}

/// An access token, and the refresh token that follows it. It does not print: whoever holds it is believed.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct TokenPair {
    /// The access token: an RS256 JWT (RFC 9068).
    pub access_token: Secret,
    /// How the access token is sent.
    pub token_type: String,
    /// The life of the access token, in seconds.
    pub expires_in: u64,
    /// How long the session can still be refreshed, in seconds.
    pub refresh_expires_in: u64,
    /// The session of both.
    pub session_id: Uuid,
    /// The refresh token; left out where it is delivered in a cookie.
    pub refresh_token: Option<Secret>,
}

/// What a machine asks for a token with (RFC 6749, section 4.4.2).
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct TokenRequest {
    /// `client_credentials`, the only grant there is.
    pub grant_type: String,
    /// The client id, unless it comes by HTTP Basic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The secret, unless it comes by HTTP Basic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
    /// Permissions, separated by spaces; everything that the account has when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

impl TokenRequest {
    /// One with what must be there.
    #[must_use]
    pub fn new(grant_type: impl Into<String>) -> Self {
        Self { grant_type: grant_type.into(), client_id: None, client_secret: None, scope: None }
    }

    /// The same with this `client_id`.
    #[must_use]
    pub fn with_client_id(mut self, client_id: impl Into<String>) -> Self {
        self.client_id = Some(client_id.into());
        self
    }

    /// The same with this secret `client_secret`.
    #[must_use]
    pub fn with_client_secret(mut self, client_secret: impl Into<Secret>) -> Self {
        self.client_secret = Some(client_secret.into());
        self
    }

    /// The same with this `scope`.
    #[must_use]
    pub fn with_scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }
}

/// A code of the app.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct TotpCode {
    /// The code that the app shows.
    pub code: Secret,
}

impl TotpCode {
    /// One with what must be there.
    #[must_use]
    pub fn new(code: impl Into<Secret>) -> Self {
        Self { code: code.into() }
    }
}

/// The secret for an app, in three forms. It does not print.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct TotpEnrollment {
    /// The secret in base32, to be typed into the app.
    pub secret: Secret,
    /// The secret as the URI that apps open.
    pub otpauth_uri: Secret,
    /// That URI as a QR code in SVG, to be scanned.
    pub qr_svg: Secret,
}

/// The authenticator app.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct TotpStatus {
    /// Whether logging in takes its codes.
    pub enabled: bool,
    /// Since when.
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// Which user.
    pub id: Uuid,
    /// The address, as its owner typed it.
    pub email: String,
    /// Whether the address is proven.
    pub email_verified: bool,
    /// Where in its life the account is: `pending`, `active` or `inactive`; `deleted` where closed accounts are shown.
    pub status: String,
    /// The names of the roles.
    pub roles: Vec<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Telephone number (E.164).
    pub phone_number: Option<String>,
    /// Date of birth.
    pub date_of_birth: Option<NaiveDate>,
    /// Language of mails and pages (BCP 47).
    pub locale: Option<String>,
    /// Time zone (IANA).
    pub timezone: Option<String>,
    /// Whether logging in takes a second factor.
    pub mfa_enabled: bool,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// When anything of it changed last.
    pub updated_at: DateTime<Utc>,
    /// When its owner logged in last.
    pub last_login_at: Option<DateTime<Utc>>,
    /// When the account was closed. Shown to administrators alone.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Until when logging in is locked after failures. Shown to administrators alone.
    pub locked_until: Option<DateTime<Utc>>,
}

/// A page of users, newest first.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct UserList {
    /// The `items`.
    pub items: Vec<User>,
    /// Gets the next page; null on the last one.
    pub next_cursor: Option<String>,
}

impl Page for UserList {
    type Item = User;

    fn into_parts(self) -> (Vec<User>, Option<String>) {
        (self.items, self.next_cursor)
    }
}

/// An endpoint of webhooks.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Webhook {
    /// The `id`.
    pub id: Uuid,
    /// Where events are sent.
    pub url: String,
    /// The `description`.
    pub description: Option<String>,
    /// What it is told; everything when empty.
    pub events: Vec<String>,
    /// Whether events are sent to it.
    pub enabled: bool,
    /// Why not: `administrator`, or `gone` when it answered 410.
    pub disabled_reason: Option<String>,
    /// Until when the former secret signs too.
    pub previous_secret_until: Option<DateTime<Utc>>,
    /// The `created_at`.
    pub created_at: DateTime<Utc>,
    /// The `updated_at`.
    pub updated_at: DateTime<Utc>,
}

/// All that administrators say of an endpoint of webhooks.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WebhookChange {
    /// Where events are sent: `https`, or `http` on this machine in development.
    pub url: String,
    /// Whether events are sent to it. What is queued waits while it is off; what happens meanwhile is not queued, and can
    /// be replayed.
    pub enabled: bool,
    /// What it is, for other administrators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it is told, such as `user.deleted`; everything when absent or empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<String>>,
}

impl WebhookChange {
    /// One with what must be there.
    #[must_use]
    pub fn new(url: impl Into<String>, enabled: bool) -> Self {
        Self { url: url.into(), enabled, description: None, events: None }
    }

    /// The same with this `description`.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The same with this `events`.
    #[must_use]
    pub fn with_events(mut self, events: Vec<String>) -> Self {
        self.events = Some(events);
        self
    }
}

/// An event on its way to an endpoint.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct WebhookDelivery {
    /// The id of the event, which the receiver gets as `webhook-id`.
    pub id: Uuid,
    /// Its place in the order of events.
    pub sequence: u64,
    /// What it tells.
    pub r#type: String,
    /// About whom; null for a test.
    pub user_id: Option<Uuid>,
    /// Their roles, when that is what it tells.
    #[serde(default)]
    pub roles: Vec<String>,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// `pending`, `delivered` or `dead`.
    pub status: String,
    /// How often it was sent, or tried to, since it was queued.
    pub attempts: u32,
    /// When it was queued, or replayed.
    pub queued_at: DateTime<Utc>,
    /// When it is sent next, while it is pending.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When it was delivered or given up.
    pub finished_at: Option<DateTime<Utc>>,
    /// Why the last try failed.
    pub last_error: Option<String>,
}

/// Events on their way to an endpoint, latest first.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct WebhookDeliveryList {
    /// The `items`.
    pub items: Vec<WebhookDelivery>,
    /// Gets the next page; null on the last one.
    pub next_cursor: Option<String>,
}

impl Page for WebhookDeliveryList {
    type Item = WebhookDelivery;

    fn into_parts(self) -> (Vec<WebhookDelivery>, Option<String>) {
        (self.items, self.next_cursor)
    }
}

/// Every endpoint of webhooks, oldest first.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct WebhookList {
    /// The `items`.
    pub items: Vec<Webhook>,
    /// Always null: there are few.
    pub next_cursor: Option<String>,
}

impl Page for WebhookList {
    type Item = Webhook;

    fn into_parts(self) -> (Vec<Webhook>, Option<String>) {
        (self.items, self.next_cursor)
    }
}

/// What is sent again: what happened from a time on, some events, or, when neither is given, all that was given up.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WebhookReplay {
    /// These events, by the ids of their deliveries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_ids: Option<Vec<Uuid>>,
    /// Every event from this time on that the endpoint asks for, also from before it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
}

impl WebhookReplay {
    /// The same with this `delivery_ids`.
    #[must_use]
    pub fn with_delivery_ids(mut self, delivery_ids: Vec<Uuid>) -> Self {
        self.delivery_ids = Some(delivery_ids);
        self
    }

    /// The same with this `from`.
    #[must_use]
    pub fn with_from(mut self, from: DateTime<Utc>) -> Self {
        self.from = Some(from);
        self
    }
}

/// How much is sent again.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct WebhookReplayed {
    /// How many events were queued again, which is at most 100,000; those that are pending anyway are not counted.
    pub queued: u64,
}

/// A test that was queued.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct WebhookTested {
    /// The `webhook-id` that the receiver will see.
    pub id: Uuid,
}

/// An endpoint of webhooks with its secret, which is shown this once.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct WebhookWithSecret {
    /// An endpoint of webhooks.
    pub webhook: Webhook,
    /// What signs each message: `whsec_` and base64, as libraries of Standard Webhooks take it.
    pub secret: Secret,
}

/// Why something is done to another person's account.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WithReason {
    /// Why, for the audit trail.
    pub reason: String,
}

impl WithReason {
    /// One with what must be there.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}
