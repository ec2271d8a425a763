//! The use cases over real adapters, in a world whose time goes on when it is told to.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tempfile::TempDir;
use voxgate_application::{Application, Caller, Error, LogIn, LoggedIn, Policies, Ports, Register, TokenPair};
use voxgate_crypto::{
    AesGcmCipher, EncryptionKeys, JwtTokens, KeyOrigin, KeyRing, Sha256TokenHasher, SystemEntropy, TotpCodes,
    ZxcvbnStrength,
};
use voxgate_domain::audit::EventFilter;
use voxgate_domain::factor::{OneTimeCode, TotpSecret};
use voxgate_domain::fixtures::{self, FixedClock};
use voxgate_domain::mail::{Mail, Message};
use voxgate_domain::policy::NewPassword;
use voxgate_domain::ports::{
    AppInvitation, Clock, CodesError, HasherError, MailError, Mailer, OneTimeCodes, PasswordHasher, Verification,
};
use voxgate_domain::{
    ClientContext, DisplayName, EmailAddress, Password, PasswordHash, Profile, RequestId, SecretToken, Timestamp,
    TokenDelivery, UserAgent, UserId,
};
use voxgate_storage::{Database, GroupedReads, PoolOptions};

/// Everybody's first password.
pub(crate) const PASSWORD: &str = "xK9#mQ2$vL7pQw";

/// Where the encryption keys are, in the folder of a world.
pub(crate) const KEYS: &str = "keys/encryption.keys";

/// Making a key takes longer than a story.
static TOKENS: LazyLock<(Arc<JwtTokens>, TempDir)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    KeyRing::generate(&folder.path().join("keys"), fixtures::now(), KeyOrigin::Development).unwrap();
    let [issuer, audience] = ["https://voxgate.example", "voxgate"].map(str::to_owned);
    (Arc::new(JwtTokens::load(folder.path().join("keys"), issuer, audience, fixtures::now()).unwrap()), folder)
});

pub(crate) struct World {
    pub(crate) app: Application,
    ports: Ports,
    clock: Arc<Ticking>,
    mails: Letterbox,
    /// Whose id is which.
    names: Mutex<BTreeMap<String, String>>,
    /// How much of the trail was looked at.
    seen: AtomicUsize,
    pub(crate) database: Database,
    pub(crate) folder: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Policies::default()).await
    }

    pub(crate) async fn with(policies: Policies) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("voxgate.db").display());
        let database = Database::connect(&url, PoolOptions::default()).await.unwrap();
        database.migrate().await.unwrap();
        let clock = Arc::new(Ticking::default());
        let store = Arc::new(database.clone());
        let keys = EncryptionKeys::load_or_create(&folder.path().join(KEYS)).unwrap();
        let ports = Ports {
            webhooks: Arc::clone(&store) as _,
            authenticator: Arc::new(GroupedReads::start(database.clone())),
            store,
            passwords: Arc::new(Unhashed),
            strength: Arc::new(ZxcvbnStrength),
            issuer: Arc::clone(&TOKENS.0) as _,
            verifier: Arc::clone(&TOKENS.0) as _,
            token_hasher: Arc::new(Sha256TokenHasher),
            cipher: Arc::new(AesGcmCipher::new(keys)),
            codes: Arc::new(CodeIsStep),
            clock: Arc::clone(&clock) as _,
            entropy: Arc::new(SystemEntropy),
        };
        let app = Application::new(ports.clone(), policies);
        app.seed_roles().await.unwrap();
        Self {
            app,
            ports,
            clock,
            mails: Letterbox::default(),
            names: Mutex::default(),
            seen: AtomicUsize::new(0),
            database,
            folder,
        }
    }

    /// The same service after a restart with other encryption keys.
    pub(crate) fn with_keys(&self, keys: EncryptionKeys) -> Application {
        Application::new(Ports { cipher: Arc::new(AesGcmCipher::new(keys)), ..self.ports.clone() }, Policies::default())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.0.now()
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.clock.0.advance(time);
    }

    /// The id in `text` is called so from now on.
    pub(crate) fn call(&self, id: impl ToString, name: &str) {
        self.names.lock().unwrap().insert(id.to_string(), name.to_owned());
    }

    // People.

    /// Somebody who registered and proved their address.
    pub(crate) async fn patient(&self, name: &str) -> UserId {
        self.register(name).await;
        let link = self.link_to(name).await;
        self.app.verify_email(&link, &client()).await.unwrap();
        let caller = self.logged_in(name).await;
        self.call(caller.user_id(), name);
        self.app.log_out(&caller).await.unwrap();
        self.forget().await;
        caller.user_id()
    }

    /// Somebody with the role `admin`, logged in.
    pub(crate) async fn admin(&self, name: &str) -> Caller {
        let id = self.app.create_admin(address(name), password()).await.unwrap();
        self.call(id, name);
        let caller = self.logged_in(name).await;
        self.forget().await;
        caller
    }

    pub(crate) async fn register(&self, name: &str) {
        let first_name = Some(DisplayName::parse(name).unwrap());
        let profile = Profile { first_name, ..Profile::default() };
        self.app.register(Register { email: address(name), password: password(), profile }, &client()).await.unwrap();
    }

    pub(crate) async fn log_in(&self, name: &str, password: &str) -> Result<LoggedIn, Error> {
        let password = Password::parse(password).unwrap();
        let (email, delivery) = (address(name), TokenDelivery::Body);
        self.app.log_in(LogIn { email, password, device_name: None, delivery, device_token: None }, &client()).await
    }

    pub(crate) async fn pair(&self, name: &str) -> TokenPair {
        match self.log_in(name, PASSWORD).await.unwrap() {
            LoggedIn::Session(pair) => pair,
            LoggedIn::MfaRequired(_) => panic!("a second factor is asked for"),
        }
    }

    pub(crate) async fn logged_in(&self, name: &str) -> Caller {
        self.caller(&self.pair(name).await).await
    }

    pub(crate) async fn caller(&self, pair: &TokenPair) -> Caller {
        Caller::new(self.app.authenticate(pair.access_token.0.expose_secret()).await.unwrap(), client())
    }

    /// The code that the app of everybody shows now.
    pub(crate) fn code(&self) -> OneTimeCode {
        OneTimeCode::parse(&format!("{:06}", step(self.now()) % 1_000_000)).unwrap()
    }

    // Mail.

    /// What has come to somebody since the last look, in order, after all that waits was sent.
    pub(crate) async fn mail_to(&self, name: &str) -> Vec<Message> {
        while self.app.dispatch_outbox(&self.mails).await.unwrap().done > 0 {}
        let (to, mut mails) = (address(name), self.mails.0.lock().unwrap());
        let (his, rest) = mails.drain(..).partition::<Vec<_>, _>(|mail| mail.to == to);
        *mails = rest;
        his.into_iter().map(|mail| mail.message).collect()
    }

    /// The names of what has come to somebody.
    pub(crate) async fn mail_names(&self, name: &str) -> Vec<&'static str> {
        self.mail_to(name).await.iter().map(Message::as_str).collect()
    }

    /// The token of the last link that somebody got.
    pub(crate) async fn link_to(&self, name: &str) -> SecretToken {
        let mails = self.mail_to(name).await.into_iter().rev();
        let mut links = mails.filter_map(|message| match message {
            Message::Link { token, .. } => Some(token),
            Message::Notice(_) => None,
        });
        links.next().expect("a link")
    }

    // The trail.

    /// What was recorded since the last look: event, who did it to whom, and what else is known.
    pub(crate) async fn trail(&self) -> Vec<String> {
        let lines: Vec<Vec<u8>> = self.app.stream_events(EventFilter::default()).try_collect().await.unwrap();
        let lines = String::from_utf8(lines.concat()).unwrap();
        // The latest comes first.
        let mut events: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        events.reverse();
        events.drain(..self.seen.swap(events.len(), Ordering::Relaxed));
        events.iter().map(|event| self.told(event)).collect()
    }

    pub(crate) async fn forget(&self) {
        self.trail().await;
        while self.app.dispatch_outbox(&self.mails).await.unwrap().done > 0 {}
        self.mails.0.lock().unwrap().clear();
        self.trail().await;
    }

    fn told(&self, event: &Value) -> String {
        let text = |field: &str| event[field].as_str();
        let mut told = text("event").unwrap().to_owned();
        if text("outcome") != Some("success") {
            told += " failed";
        }
        let names = self.names.lock().unwrap();
        let named = |field| text(field).map_or("?", |id| names.get(id).map_or("…", String::as_str));
        if text("actor_id").or(text("subject_id")).is_some() {
            told += &format!(" {}>{}", named("actor_id"), named("subject_id"));
        }
        if text("session_id").is_some() {
            told += " in a session";
        }
        match (text("ip_address"), text("user_agent"), text("request_id")) {
            (Some("192.0.2.7"), Some("stories/1.0"), Some("story-0001")) => told += " from there",
            (None, None, None) => {}
            other => told += &format!(" from {other:?}"),
        }
        if let Some(reason) = text("reason") {
            told += &format!(" since {reason:?}");
        }
        if event["details"] != serde_json::json!({}) {
            told += &format!(" {}", event["details"]);
        }
        for (id, name) in &*names {
            told = told.replace(id.as_str(), name);
        }
        without_ids(&told)
    }
}

/// Ids that have no name, and times, are `…`.
fn without_ids(told: &str) -> String {
    let is_of_id = |c: char| c.is_ascii_hexdigit() || c == '-';
    let mut left = String::new();
    for part in told.split_inclusive('"') {
        let bare = part.trim_end_matches('"');
        let id = bare.len() == 36 && bare.chars().all(is_of_id);
        let time = bare.len() > 19 && bare.starts_with("20") && bare.ends_with('Z');
        left += if id || time { "…" } else { bare };
        left += if part.ends_with('"') { "\"" } else { "" };
    }
    left
}

pub(crate) fn address(name: &str) -> EmailAddress {
    EmailAddress::parse(&format!("{name}@example.org")).unwrap()
}

pub(crate) fn password() -> Password {
    Password::parse(PASSWORD).unwrap()
}

pub(crate) fn client() -> ClientContext {
    ClientContext {
        ip_address: IpAddr::from([192, 0, 2, 7]),
        user_agent: UserAgent::from_header("stories/1.0"),
        request_id: RequestId::parse("story-0001").unwrap(),
    }
}

pub(crate) const fn minutes(n: u64) -> Duration {
    Duration::from_secs(60 * n)
}

/// Goes on by a millisecond whenever somebody looks, so that of two events the later one is known.
#[derive(Default)]
struct Ticking(FixedClock);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        self.0.advance(Duration::from_millis(1));
        self.0.now()
    }
}

/// Keeps what is sent.
#[derive(Default)]
struct Letterbox(Mutex<Vec<Mail>>);

#[async_trait]
impl Mailer for Letterbox {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.0.lock().unwrap().push(mail.clone());
        Ok(())
    }
}

/// Keeps passwords as they are: hashing takes longer than a story, and the end-to-end tests do it.
struct Unhashed;

fn kept(password: &Password) -> PasswordHash {
    PasswordHash::from_phc(format!("$plain${}", password.expose()))
}

#[async_trait]
impl PasswordHasher for Unhashed {
    async fn hash(&self, password: &NewPassword) -> Result<PasswordHash, HasherError> {
        Ok(kept(password.password()))
    }

    async fn verify<'a>(
        &self,
        password: &'a Password,
        hash: Option<&'a PasswordHash>,
    ) -> Result<Verification, HasherError> {
        let is_it = hash == Some(&kept(password));
        Ok(if is_it { Verification::Match { outdated: false } } else { Verification::Mismatch })
    }

    async fn rehash(&self, password: &Password) -> Result<PasswordHash, HasherError> {
        Ok(kept(password))
    }
}

fn step(at: Timestamp) -> u64 {
    u64::try_from(at.unix_micros()).unwrap() / 30_000_000
}

/// Codes that say their step.
struct CodeIsStep;

impl OneTimeCodes for CodeIsStep {
    fn generate_secret(&self) -> TotpSecret {
        TotpCodes.generate_secret()
    }

    fn invitation(&self, secret: &TotpSecret, label: &EmailAddress) -> Result<AppInvitation, CodesError> {
        TotpCodes.invitation(secret, label)
    }

    fn matching_step(&self, _: &TotpSecret, code: &OneTimeCode, now: Timestamp, skew: u64) -> Option<u64> {
        let now = step(now);
        (now - skew..=now + skew).find(|step| format!("{:06}", step % 1_000_000) == code.expose())
    }
}
