//! Rate limits on the wire: a request that is one too many is 429, and every answer says where its caller stands
//! (draft-ietf-httpapi-ratelimit-headers-10, in structured fields by RFC 9651).

use std::cell::Cell;
use std::cmp::Reverse;
use std::rc::Rc;
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use voxgate_application::Standing;

use crate::metrics::count_rate_limit_hit;
use crate::problem::{Kind, Problem};

/// How much is left.
pub(crate) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// Of how much.
pub(crate) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The limit that a request came closest to. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Tally(Rc<Cell<Option<Standing>>>);

impl Tally {
    fn note(&self, standing: Standing) {
        let tightness = |standing: &Standing| {
            let decision = standing.decision;
            (decision.allowed, decision.remaining, Reverse(decision.reset_in))
        };
        let tightest = self.0.get().into_iter().chain([standing]).min_by_key(tightness);
        self.0.set(tightest);
    }

    /// Says it in `headers`.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        let Some(Standing { kind, limit, decision }) = self.0.get() else { return };
        let (name, quota, window) = (kind.as_str(), limit.quota(), limit.window().as_secs());
        let (remaining, reset) = (decision.remaining, whole_seconds(decision.reset_in));
        let fields = [
            (RATE_LIMIT, format!(r#""{name}";r={remaining};t={reset}"#)),
            (RATE_LIMIT_POLICY, format!(r#""{name}";q={quota};w={window}"#)),
        ];
        for (name, value) in fields {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
    }
}

/// Notes where the caller stands.
///
/// # Errors
///
/// `rate_limited` when the request is one too many.
pub(crate) fn hold(request: &impl HttpMessage, standing: Option<Standing>) -> Result<(), Problem> {
    let Some(standing) = standing else { return Ok(()) };
    if let Some(tally) = request.extensions().get::<Tally>() {
        tally.note(standing);
    }
    if standing.decision.allowed {
        return Ok(());
    }
    count_rate_limit_hit(standing.kind.as_str());
    Err(Problem::new(Kind::RateLimited).retry_after(standing.decision.reset_in))
}

/// Rounded up: whoever waits so long has waited long enough.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::ResponseError as _;
    use actix_web::http::header::RETRY_AFTER;
    use actix_web::test::TestRequest;
    use voxgate_domain::policy::{Decision, LimitKind};

    fn standing(kind: LimitKind, limit: &str, allowed: bool, remaining: u32, millis: u64) -> Standing {
        let decision = Decision { allowed, remaining, reset_in: Duration::from_millis(millis) };
        Standing { kind, limit: limit.parse().unwrap(), decision }
    }

    fn told(standings: &[Standing]) -> [String; 2] {
        let tally = Tally::default();
        standings.iter().for_each(|standing| tally.note(*standing));
        let mut headers = HeaderMap::new();
        tally.tell(&mut headers);
        [RATE_LIMIT, RATE_LIMIT_POLICY].map(|name| headers.get(name).unwrap().to_str().unwrap().to_owned())
    }

    #[test]
    fn the_fields_are_structured_as_the_draft_says() {
        let per_ip = standing(LimitKind::Ip, "100/1m", true, 50, 29_001);
        assert_eq!(told(&[per_ip]), [r#""per_ip";r=50;t=30"#, r#""per_ip";q=100;w=60"#]);
    }

    #[test]
    fn the_tightest_limit_is_told() {
        let per_ip = standing(LimitKind::Ip, "600/1m", true, 599, 60_000);
        let log_in = standing(LimitKind::LoginByIp, "10/1m", true, 9, 60_000);
        for order in [[per_ip, log_in], [log_in, per_ip]] {
            assert_eq!(told(&order)[0], r#""login_per_ip";r=9;t=60"#);
        }
        let used_up = standing(LimitKind::Ip, "600/1m", true, 0, 60_000);
        let refused = standing(LimitKind::LoginByIp, "10/1m", false, 0, 1_000);
        assert_eq!(told(&[used_up, refused])[0], r#""login_per_ip";r=0;t=1"#);
    }

    #[test]
    fn one_too_many_is_429_with_the_time_to_wait() {
        let request = TestRequest::default().to_http_request();
        assert!(hold(&request, Some(standing(LimitKind::User, "1/1h", true, 0, 1))).is_ok());
        let problem = hold(&request, Some(standing(LimitKind::User, "1/1h", false, 0, 1_001))).unwrap_err();
        let response = problem.error_response();
        assert_eq!(
            (response.status().as_u16(), response.headers().get(RETRY_AFTER).unwrap()),
            (429, &"2".parse().unwrap())
        );
        assert!(hold(&request, None).is_ok());
    }
}
