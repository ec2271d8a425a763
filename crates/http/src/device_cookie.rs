//! What a device keeps to be known at its next login.

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use voxgate_domain::{KnownDevice, SecretToken};

use crate::cookies::cookie;

/// The cookie of the device's token. It gives no access to anything.
pub(crate) const DEVICE_COOKIE: &str = "__Host-voxgate_device";

/// What the device kept since an earlier login, if it was there before.
pub(crate) struct DeviceToken(pub(crate) Option<SecretToken>);

impl FromRequest for DeviceToken {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let kept = request.cookie(DEVICE_COOKIE);
        ready(Ok(Self(kept.and_then(|cookie| SecretToken::presented(cookie.value())))))
    }
}

/// The cookie for a device that is known from now on.
pub(crate) fn issued(token: &SecretToken) -> Cookie<'static> {
    let seconds = i64::try_from(KnownDevice::FORGOTTEN_AFTER.as_secs()).unwrap_or(i64::MAX);
    cookie(DEVICE_COOKIE, token.expose().to_owned(), false, Duration::seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn what_was_issued_comes_back_and_scripts_cannot_read_it() {
        let token = SecretToken::presented("kept-by-the-device").unwrap();
        let cookie = issued(&token);
        assert_eq!((cookie.http_only(), cookie.secure(), cookie.domain()), (Some(true), Some(true), None));
        let request = TestRequest::post().cookie(cookie).to_http_request();
        let DeviceToken(kept) = ready_now(DeviceToken::from_request(&request, &mut Payload::None));
        assert_eq!(kept.map(|token| token.expose().to_owned()).as_deref(), Some("kept-by-the-device"));
    }

    fn ready_now(ready: Ready<Result<DeviceToken, Infallible>>) -> DeviceToken {
        ready.into_inner().unwrap()
    }
}
