//! Rate limits: how many requests pass in how long, of whom, and for what (OWASP ASVS 5.0, V2.4 and V6.3).

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use crate::Networks;
use crate::session::named;
use crate::time::days;

/// At most so many requests in so long, written like `100/1m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limit {
    quota: NonZeroU32,
    seconds: NonZeroU32,
}

/// The text is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be like 100/1m: 1 to 10000 requests in 1s to 1d, the time in s, m, h or d")]
pub struct InvalidLimit;

impl Limit {
    /// The highest quota: what is remembered of a key is bounded by it.
    pub const MAX_QUOTA: u32 = 10_000;
    /// The longest window.
    pub const MAX_WINDOW: Duration = days(1);

    /// `quota` requests in `window`, which is a whole number of seconds.
    ///
    /// # Errors
    ///
    /// [`InvalidLimit`] for a quota or a window out of range.
    pub fn new(quota: u32, window: Duration) -> Result<Self, InvalidLimit> {
        let whole = window.subsec_nanos() == 0 && window <= Self::MAX_WINDOW && quota <= Self::MAX_QUOTA;
        let quota = NonZeroU32::new(quota).ok_or(InvalidLimit)?;
        let seconds = u32::try_from(window.as_secs()).ok().and_then(NonZeroU32::new).ok_or(InvalidLimit)?;
        if whole { Ok(Self { quota, seconds }) } else { Err(InvalidLimit) }
    }

    /// How many pass.
    #[must_use]
    pub const fn quota(self) -> NonZeroU32 {
        self.quota
    }

    /// In how long.
    #[must_use]
    pub const fn window(self) -> Duration {
        Duration::from_secs(self.seconds.get() as u64)
    }
}

impl FromStr for Limit {
    type Err = InvalidLimit;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (quota, window) = text.split_once('/').ok_or(InvalidLimit)?;
        let quota = quota.trim().parse().map_err(|_| InvalidLimit)?;
        Self::new(quota, parse_window(window.trim()).ok_or(InvalidLimit)?)
    }
}

fn parse_window(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: u64 = match text.strip_prefix(digits)? {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 24 * 3_600,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(unit).map(Duration::from_secs)
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}s", self.quota, self.seconds)
    }
}

named! {
    /// What a limit is of. The names are told to clients.
    #[non_exhaustive]
    pub enum LimitKind {
        /// Requests of somebody who is logged in.
        User = "per_user",
        /// Requests from an address.
        Ip = "per_ip",
        /// Logins from an address.
        LoginByIp = "login_per_ip",
        /// Logins to an account from an address that many people share.
        LoginByAccount = "login_per_account",
        /// Wishes to reset the password of an account.
        ResetByAccount = "reset_per_account",
        /// Wishes to have an address verified.
        VerificationByAccount = "verification_per_account",
        /// Registrations from an address.
        RegistrationByIp = "register_per_ip",
        /// Requests of a service account.
        Service = "per_service",
    }
}

/// The limits in force; none where one is switched off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Of requests of somebody who is logged in.
    pub per_user: Option<Limit>,
    /// Of requests from an address.
    pub per_ip: Option<Limit>,
    /// Of logins from an address; from a shared network, of logins to each account.
    pub login_per_ip: Option<Limit>,
    /// Of mails of one kind that anybody can have sent to an address: to reset a password, and to verify it.
    pub reset_per_account: Option<Limit>,
    /// Of registrations from an address.
    pub register_per_ip: Option<Limit>,
    /// Of requests of a service account, all its instances together.
    pub per_service: Option<Limit>,
    /// Networks whose people share few addresses, as those of a clinic do behind its router.
    pub shared_networks: Networks,
}

impl RateLimits {
    /// No limit at all.
    #[must_use]
    pub fn none() -> Self {
        Self {
            per_user: None,
            per_ip: None,
            login_per_ip: None,
            reset_per_account: None,
            register_per_ip: None,
            per_service: None,
            shared_networks: Networks::default(),
        }
    }
}

/// Where a caller stands with a limit, after a request of theirs was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether the request may go on. One that may not is not counted: whoever waits as they are told gets on.
    pub allowed: bool,
    /// How many more pass until `reset_in`.
    pub remaining: u32,
    /// After how long more pass than now.
    pub reset_in: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("100/1m", 100, 60)]
    #[case("3/1h", 3, 3_600)]
    #[case("1/1s", 1, 1)]
    #[case("10000/1d", 10_000, 86_400)]
    #[case(" 5 / 90s ", 5, 90)]
    fn a_limit_is_a_quota_and_a_window(#[case] limit: Limit, #[case] quota: u32, #[case] seconds: u64) {
        assert_eq!((limit.quota().get(), limit.window()), (quota, Duration::from_secs(seconds)));
        assert_eq!(limit.to_string(), format!("{quota}/{seconds}s"));
    }

    #[rstest]
    #[case("")]
    #[case("100")]
    #[case("100/m")]
    #[case("100/1")]
    #[case("0/1m")]
    #[case("100/0s")]
    #[case("10001/1m")]
    #[case("1/2d")]
    #[case("-1/1m")]
    #[case("1/1.5m")]
    #[case("1/1m1s")]
    #[case("1/99999999999999999999d")]
    #[case("1/213503982334602d")]
    fn what_is_no_limit_is_refused(#[case] text: &str) {
        assert_eq!(text.parse::<Limit>(), Err(InvalidLimit));
    }
}
