//! Signing access tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use voxgate_domain::RoleName;
use voxgate_domain::ports::{AccessClaims, Cause, SignedToken, TokenError, TokenIssuer};

use crate::jwt::{ALGORITHM, Claims, Header, JwtTokens, TYPE};

impl TokenIssuer for JwtTokens {
    /// Signs with the key that is current at `issued_at`. The signature is made with the parsed key of the ring rather
    /// than by jsonwebtoken, which parses the key each time.
    fn issue(&self, claims: &AccessClaims) -> Result<SignedToken, TokenError> {
        let ring = self.ring();
        let key = ring.signing_at(claims.issued_at).ok_or_else(|| failed("there is no signing key"))?;
        let header = Header { alg: ALGORITHM.to_owned(), kid: key.key_id().to_owned(), typ: TYPE.to_owned() };
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: claims.subject.to_string(),
            sid: claims.session.to_string(),
            jti: claims.token_id.to_string(),
            iat: claims.issued_at.unix_seconds(),
            exp: claims.expires_at.unix_seconds(),
            auth_time: claims.auth_time.unix_seconds(),
            roles: claims.roles.iter().map(RoleName::to_string).collect(),
            amr: claims.amr.amr().iter().map(|&method| method.to_owned()).collect(),
        };
        let header = serde_json::to_vec(&header).map_err(failed)?;
        let claims = serde_json::to_vec(&claims).map_err(failed)?;
        let mut token = URL_SAFE_NO_PAD.encode(header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = key.sign(token.as_bytes()).map_err(failed)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(SignedToken(SecretString::from(token)))
    }
}

fn failed(cause: impl Into<Cause>) -> TokenError {
    TokenError::Failed(cause.into())
}
