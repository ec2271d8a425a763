//! argon2id, RS256 tokens and their key ring, field encryption and randomness behind the ports of the domain.
