//! What the text of a setting means.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::{SecretSlice, SecretString};
use url::Url;
use voxgate_crypto::{EncryptionKeys, Pepper};
use voxgate_domain::RoleName;
use voxgate_domain::policy::Limit;
use voxgate_redis::RedisAddress;

/// Anything that parses by itself.
pub(crate) fn plain<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// A whole number within `range`.
pub(crate) fn number<T>(range: RangeInclusive<T>) -> impl FnOnce(&str) -> Result<T, String>
where
    T: FromStr<Err: Display> + PartialOrd + Display,
{
    move |text| {
        let number: T = plain(text)?;
        let (least, most) = (range.start(), range.end());
        if range.contains(&number) { Ok(number) } else { Err(format!("must lie between {least} and {most}")) }
    }
}

/// A length of time like `15m`, within `range` of seconds.
pub(crate) fn duration(range: RangeInclusive<u64>) -> impl FnOnce(&str) -> Result<Duration, String> {
    move |text| {
        let duration = humantime::parse_duration(text).map_err(|_| "must be a length of time like 10s, 15m or 7d")?;
        if range.contains(&duration.as_secs()) {
            return Ok(duration);
        }
        let say = |seconds: &u64| humantime::format_duration(Duration::from_secs(*seconds)).to_string();
        Err(format!("must lie between {} and {}", say(range.start()), say(range.end())))
    }
}

/// Any text but none.
pub(crate) fn text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// `true` or `false`.
pub(crate) fn switch(text: &str) -> Result<bool, String> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("must be true or false".to_owned()),
    }
}

/// One of a few words.
pub(crate) fn word<T: Copy>(words: &[(&str, T)]) -> impl Fn(&str) -> Result<T, String> {
    let words: Vec<(String, T)> = words.iter().map(|(word, value)| ((*word).to_owned(), *value)).collect();
    move |text| {
        let found = words.iter().find(|(word, _)| word == text).map(|(_, value)| *value);
        let all: Vec<&str> = words.iter().map(|(word, _)| word.as_str()).collect();
        found.ok_or_else(|| format!("must be one of: {}", all.join(", ")))
    }
}

/// The base of the service's own links: `http` or `https`, a host, nothing behind it.
pub(crate) fn base_url(text: &str) -> Result<Url, String> {
    let url: Url = plain(text)?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && plain && url.path() == "/" {
        Ok(url)
    } else {
        Err("must be a URL like https://accounts.example.org, without a path".to_owned())
    }
}

/// Exact origins, comma-separated: scheme, host and port as browsers send them.
pub(crate) fn origins(text: &str) -> Result<Vec<String>, String> {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    items
        .map(|item| {
            let exact = Url::parse(item).ok().map(|url| url.origin().ascii_serialization());
            if exact.as_deref() == Some(item) && !item.contains('*') {
                Ok(item.to_owned())
            } else {
                Err("must be exact origins like https://app.example.org: no wildcard, no path, no final slash"
                    .to_owned())
            }
        })
        .collect()
}

/// Networks, comma-separated: `10.0.0.0/8`, or an address alone.
pub(crate) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    items
        .map(|item| item.parse().or_else(|_| item.parse::<IpAddr>().map(IpNet::from)))
        .collect::<Result<_, _>>()
        .map_err(|_| "must be networks like 10.0.0.0/8 or addresses, comma-separated".to_owned())
}

/// Some of a few words, comma-separated.
pub(crate) fn some_of<'a>(words: &'a [&'static str]) -> impl FnOnce(&str) -> Result<Vec<&'static str>, String> + 'a {
    move |text| {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        let known = items.map(|item| words.iter().find(|word| **word == item).copied());
        known.collect::<Option<_>>().ok_or_else(|| format!("must be some of: {}", words.join(", ")))
    }
}

/// The URL of something that speaks HTTP.
pub(crate) fn http_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| "must be a URL like http://localhost:4318".to_owned())
}

/// Names of roles, comma-separated; `none`; or `auto`, which means `by_itself`.
pub(crate) fn roles(by_itself: &[&str]) -> impl FnOnce(&str) -> Result<BTreeSet<RoleName>, String> {
    let by_itself = by_itself.join(",");
    move |text| {
        let names = match text {
            "auto" => by_itself.as_str(),
            "none" => "",
            names => names,
        };
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        names.map(|name| RoleName::parse(name).map_err(|error| error.to_string())).collect()
    }
}

/// The URL of a database that Voxgate speaks to.
pub(crate) fn database_url(text: &str) -> Result<String, String> {
    let known = ["sqlite://", "postgres://", "postgresql://"];
    if known.iter().any(|scheme| text.starts_with(scheme)) {
        Ok(text.to_owned())
    } else {
        Err("must begin with sqlite:// or postgres://".to_owned())
    }
}

/// Keys that encrypt what is stored, which are made of the text again where they are needed.
pub(crate) fn encryption_keys(text: &str) -> Result<SecretString, String> {
    EncryptionKeys::parse(text).map(|_| SecretString::from(text)).map_err(|error| error.to_string())
}

/// Peppers like `id:secret`, comma-separated.
pub(crate) fn peppers(text: &str) -> Result<Vec<Pepper>, String> {
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| {
            let (id, secret) = entry.split_once(':').unwrap_or_default();
            Pepper::new(id, SecretSlice::from(secret.as_bytes().to_vec())).map_err(|error| error.to_string())
        })
        .collect()
}

/// The URL of a Redis.
pub(crate) fn redis_url(text: &str) -> Result<RedisAddress, String> {
    RedisAddress::parse(text).map_err(|error| error.to_string())
}

/// A limit like `100/1m`; none for `off`.
pub(crate) fn limit(text: &str) -> Result<Option<Limit>, String> {
    if text == "off" { Ok(None) } else { plain(text).map(Some).map_err(|wrong| format!("{wrong}; or off")) }
}

/// The URL of a mail server.
pub(crate) fn smtp_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| "must be a URL like smtps://user:password@mail.example.org")?;
    match url.scheme() {
        "smtp" | "smtps" if url.has_host() => Ok(url),
        _ => Err("must begin with smtp:// or smtps:// and have a host".to_owned()),
    }
}
