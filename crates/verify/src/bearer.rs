//! The bearer token of a request (RFC 6750, section 2.1).

use crate::{Denial, Refusal};

/// The token that the values of `Authorization` bear. It is taken from nowhere else: a token in an address ends up in
/// logs (RFC 9700, section 4.3.2).
pub(crate) fn bearer<'h>(values: impl Iterator<Item = &'h [u8]>) -> Result<&'h str, Denial> {
    let mut values = values;
    let Some(value) = values.next() else { return Err(Denial::NoToken) };
    if values.next().is_some() {
        return Err(Refusal::Malformed.into());
    }
    let value = std::str::from_utf8(value).map_err(|_| Refusal::Malformed)?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Denial::NoToken);
    }
    let token = token.trim_start_matches(' ');
    if token.is_empty() { Err(Refusal::Malformed.into()) } else { Ok(token) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(&["Bearer abc"], Ok("abc"))]
    #[case(&["bearer  abc"], Ok("abc"))]
    #[case(&[], Err("there is no bearer token"))]
    #[case(&["Basic abc"], Err("there is no bearer token"))]
    #[case(&["Bearer"], Err("not a signed token in compact form"))]
    #[case(&["Bearer a", "Bearer b"], Err("not a signed token in compact form"))]
    fn a_token_is_borne_once_by_its_scheme(#[case] values: &[&str], #[case] expected: Result<&str, &str>) {
        let found = bearer(values.iter().map(|value| value.as_bytes())).map_err(|denial| denial.to_string());
        assert_eq!(found, expected.map_err(str::to_owned));
    }
}
