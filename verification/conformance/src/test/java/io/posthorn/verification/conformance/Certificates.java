package io.posthorn.verification.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Certificates and keys made for one test by the JDK's keytool, as PEM files and for clients in Java.
final class Certificates {
    private static final String PASSWORD = "only-for-this-test";

    private final Path directory;
    private final Path store;

    Certificates(Path directory) {
        this.directory = directory;
        this.store = directory.resolve("certificates.p12");
    }

    /// Signs itself, and may sign others.
    void authority(String name) throws Exception {
        generate(name, "CN=" + name, "-ext", "bc:c", "-validity", "10");
    }

    void issue(String name, String authority, String subject, String... more) throws Exception {
        List<String> options = new ArrayList<>(List.of("-signer", authority));
        options.addAll(List.of(more));
        if (!options.contains("-validity")) {
            options.addAll(List.of("-validity", "5"));
        }
        generate(name, subject, options.toArray(String[]::new));
    }

    private void generate(String name, String subject, String... more) throws Exception {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> command = new ArrayList<>(List.of(keytool, "-genkeypair", "-alias", name, "-dname", subject));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD, "-storetype", "PKCS12"));
        command.addAll(List.of(more));
        try (ChildProcess process = ChildProcess.start("keytool", new ProcessBuilder(command))) {
            process.awaitSuccess(Duration.ofSeconds(40));
        }
    }

    /// The certificate and those that lead to a root.
    Path certificate(String name) throws Exception {
        var pem = new StringBuilder();
        for (Certificate each : keys().getCertificateChain(name)) {
            pem.append(pem("CERTIFICATE", each.getEncoded()));
        }
        return Files.writeString(directory.resolve(name + ".pem"), pem);
    }

    Path key(String name) throws Exception {
        byte[] key = keys().getKey(name, PASSWORD.toCharArray()).getEncoded();
        return Files.writeString(directory.resolve(name + ".key"), pem("PRIVATE KEY", key));
    }

    private static String pem(String type, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n";
    }

    /// A client that shows nothing.
    SSLContext trusting(String authority) throws Exception {
        return context(authority, new KeyManagerFactory[0]);
    }

    /// A client that shows this certificate.
    SSLContext trusting(String authority, String shown) throws Exception {
        KeyStore own = empty();
        own.setKeyEntry(
                shown,
                keys().getKey(shown, PASSWORD.toCharArray()),
                PASSWORD.toCharArray(),
                keys().getCertificateChain(shown));
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(own, PASSWORD.toCharArray());
        return context(authority, managers);
    }

    private SSLContext context(String authority, KeyManagerFactory... shown) throws Exception {
        KeyStore trusted = empty();
        trusted.setCertificateEntry(authority, keys().getCertificate(authority));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shown.length == 0 ? null : shown[0].getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        return keys;
    }

    private KeyStore keys() throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }
}
