package io.posthorn.protocol.amqp;

import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/// Which user a certificate stands for.
final class CertificateNames {
    private CertificateNames() {}

    /// The common name of its subject (RFC 4519, §2.3).
    static Optional<String> commonName(X509Certificate certificate) {
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return Optional.of(part.getValue().toString());
                }
            }
        } catch (InvalidNameException _) {
            // A subject that is no name names nobody.
        }
        return Optional.empty();
    }
}
