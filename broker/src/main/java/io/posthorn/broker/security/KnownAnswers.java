package io.posthorn.broker.security;

import io.posthorn.broker.admin.Credential;
import io.posthorn.log.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Whether a password was the right one, remembered for a minute: who connects often pays for the slow hash once.
/// Thread-safe.
///
/// It is remembered by an HMAC of user, credential and password under a secret of this process, which is worth nothing
/// to whoever reads it; and a credential that was changed is another question.
final class KnownAnswers {
    private static final int MOST = 10_000;
    private static final long MILLIS = 60_000;

    private final byte[] secret;
    private final InstantSource clock;
    private final Map<Bytes, Answer> answers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes, Answer> eldest) {
            return size() > MOST;
        }
    };

    private record Answer(boolean isRight, long until) {}

    KnownAnswers(byte[] secret, InstantSource clock) {
        this.secret = secret.clone();
        this.clock = clock;
    }

    Bytes question(String user, Optional<Credential> credential, Bytes password) {
        var text = new ByteArrayOutputStream();
        append(user.getBytes(StandardCharsets.UTF_8), text);
        append(credential.map(Credential::encoded).orElse("").getBytes(StandardCharsets.UTF_8), text);
        append(password.toByteArray(), text);
        return new Bytes(ScramMechanism.SHA_256.sign(secret, text.toByteArray()));
    }

    // With its length in front, so that no two questions have the same bytes.
    private static void append(byte[] part, ByteArrayOutputStream to) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            to.write(part.length >>> shift);
        }
        to.writeBytes(part);
    }

    synchronized Optional<Boolean> answer(Bytes question) {
        Answer known = answers.get(question);
        return known == null || known.until() < clock.millis() ? Optional.empty() : Optional.of(known.isRight());
    }

    synchronized void remember(Bytes question, boolean isRight) {
        answers.put(question, new Answer(isRight, clock.millis() + MILLIS));
    }
}
