//! Limits, and from where callers call.

use voxgate_domain::policy::RateLimits;
use voxgate_http::{ClientSettings, ForwardingHeader};
use voxgate_redis::RedisAddress;

use super::reader::Reader;
use super::{parse, variables as var};

/// How many requests pass, and where they are counted.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) redis: Option<RedisAddress>,
    pub(crate) rates: RateLimits,
}

pub(super) fn read_limits(reader: &mut Reader<'_>) -> Option<Limits> {
    let redis = reader.read_optional(var::REDIS_URL, parse::redis_url);
    let per_user = reader.read(var::RATE_LIMIT_PER_USER, parse::limit);
    let per_ip = reader.read(var::RATE_LIMIT_PER_IP, parse::limit);
    let login_per_ip = reader.read(var::RATE_LIMIT_LOGIN_PER_IP, parse::limit);
    let reset_per_account = reader.read(var::RATE_LIMIT_RESET_PER_ACCOUNT, parse::limit);
    let register_per_ip = reader.read(var::RATE_LIMIT_REGISTER_PER_IP, parse::limit);
    let per_service = reader.read(var::RATE_LIMIT_PER_SERVICE, parse::limit);
    let shared_networks = reader.read(var::RATE_LIMIT_SHARED_NETWORKS, parse::plain);
    let rates = RateLimits {
        per_user: per_user?,
        per_ip: per_ip?,
        login_per_ip: login_per_ip?,
        reset_per_account: reset_per_account?,
        register_per_ip: register_per_ip?,
        per_service: per_service?,
        shared_networks: shared_networks?,
    };
    Some(Limits { redis: redis?, rates })
}

pub(super) fn read_clients(reader: &mut Reader<'_>) -> Option<ClientSettings> {
    let trusted_proxies = reader.read(var::TRUSTED_PROXIES, parse::plain);
    let words = [
        ("auto", ForwardingHeader::Either),
        ("x-forwarded-for", ForwardingHeader::XForwardedFor),
        ("forwarded", ForwardingHeader::Forwarded),
    ];
    let header = reader.read(var::TRUSTED_PROXY_HEADER, parse::word(&words));
    let allowed = reader.read(var::IP_ALLOWLIST, parse::plain);
    Some(ClientSettings { trusted_proxies: trusted_proxies?, header: header?, allowed: allowed? })
}
