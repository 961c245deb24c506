package io.posthorn.broker.admin;

/// A password that can be checked and not read, as it stands in the journal and in definitions files.
///
/// @param algorithm what made it: ours, or one of RabbitMQ's
/// @param encoded in the algorithm's own text form; for RabbitMQ's, base64 of 4 octets of salt and the digest
public record Credential(String algorithm, String encoded) {
    /// PBKDF2 with HMAC-SHA-256 (RFC 8018) in the form of SCRAM's verifiers (RFC 5802), one for each mechanism, with a
    /// space between: `SCRAM-SHA-256$iterations:salt$stored key:server key`.
    public static final String PBKDF2_SHA256 = "posthorn_password_hashing_pbkdf2_sha256";

    public static final String RABBIT_SHA256 = "rabbit_password_hashing_sha256";
    public static final String RABBIT_SHA512 = "rabbit_password_hashing_sha512";
    public static final String RABBIT_MD5 = "rabbit_password_hashing_md5";

    /// Never shows the secret.
    @Override
    public String toString() {
        return "Credential[" + algorithm + "]";
    }
}
