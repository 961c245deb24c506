package io.posthorn.broker.security;

import io.posthorn.broker.AuditLog;
import io.posthorn.broker.Login;
import io.posthorn.broker.Login.Proof;
import io.posthorn.broker.Principal;
import io.posthorn.broker.Timer;
import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.statistics.LoginCounts;
import io.posthorn.log.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Finds out whether somebody is who they say, the same way at every door. Thread-safe.
///
/// No thread waits: what is remembered is answered at once, delays are a timer's, and hashing has few threads that may
/// wait, in turns by address.
public final class Logins {
    /// Of guest's password, which everybody knows: a slow hash, or salt of one's own, would protect nothing.
    static final Credential GUESTS_CREDENTIAL = new Credential(
            Credential.PBKDF2_SHA256,
            "SCRAM-SHA-256$4096:cG9zdGhvcm4gZ3Vlc3QhIQ==$FO9UTel0bf8FQfdiMDYDLXyg8wjMQSGj8uu7gq0uIe8="
                    + ":Ia6FyL0GJ4IUVDRFitq4xGGUwvf8cCmJGt100z5pNXc=");

    private static final int HASHED_AT_ONCE = 2;
    private static final int MOST_WAITING = 10_000;
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_PASSWORD = 4_096;

    private final Directory users;
    private final Passwords passwords;
    private final KnownAnswers known;
    private final LoginDelays delays;
    private final Turns turns;
    private final Seldom refusals;
    private final Timer timer;
    private final AuditLog audit;
    private final LoginCounts counts = new LoginCounts();

    /// The users that there are now.
    public interface Directory {
        @Nullable
        UserSpec user(String name);

        /// Gives a user a better credential for the same password, unless the old one was changed meanwhile.
        void replace(UserSpec user, Credential better);
    }

    /// @param secret of this process
    /// @param blocking where hashing may take its time
    public Logins(
            Directory users,
            Passwords passwords,
            byte[] secret,
            InstantSource clock,
            Timer timer,
            Executor blocking,
            AuditLog audit) {
        this.users = users;
        this.passwords = passwords;
        this.known = new KnownAnswers(secret, clock);
        this.delays = new LoginDelays(clock);
        this.turns = new Turns(blocking, HASHED_AT_ONCE, MOST_WAITING);
        this.refusals = new Seldom(clock);
        this.timer = timer;
        this.audit = audit;
    }

    /// The user that a new broker has: guest, whose password is guest.
    public static UserSpec first() {
        return new UserSpec(Login.GUEST, GUESTS_CREDENTIAL, Set.of(Tags.ADMINISTRATOR));
    }

    /// @param then is told who it is, or nobody; on any thread, also on the caller's before this returns
    public void check(Login login, Consumer<Optional<Principal>> then) {
        switch (login.proof()) {
            case Proof.Checked _ -> answer(login, !login.isGuestFromElsewhere(), then);
            case Proof.Password(Bytes password) -> check(login, password, then);
            case Proof.Answered(boolean isRight) ->
                afterDelay(login, () -> answer(login, isRight && !login.isGuestFromElsewhere(), then));
        }
    }

    private void check(Login login, Bytes password, Consumer<Optional<Principal>> then) {
        Bytes question = known.question(login.user(), credential(login.user()), password);
        Optional<Boolean> isRight = isHopeless(login, password) ? Optional.of(Boolean.FALSE) : known.answer(question);
        if (isRight.orElse(Boolean.FALSE)) {
            answer(login, true, then);
            return;
        }
        Runnable attempt = isRight.isPresent()
                ? () -> answer(login, false, then)
                : () -> hashInTurn(login, password, question, then);
        afterDelay(login, attempt);
    }

    private void afterDelay(Login login, Runnable attempt) {
        long delay = delays.delay(login.user(), login.peer().address());
        if (delay == 0) {
            attempt.run();
        } else {
            timer.after(delay, attempt);
        }
    }

    private Optional<Credential> credential(String user) {
        return Optional.ofNullable(users.user(user)).map(UserSpec::credential);
    }

    // The well-known password of guest must not open a server to the network, and an empty one is nobody's.
    private static boolean isHopeless(Login login, Bytes password) {
        return password.length() == 0
                || password.length() > LONGEST_PASSWORD
                || login.user().length() > LONGEST_NAME
                || login.isGuestFromElsewhere();
    }

    private void hashInTurn(Login login, Bytes password, Bytes question, Consumer<Optional<Principal>> then) {
        boolean taken = turns.run(login.peer().address(), () -> hash(login, password, question, then));
        if (!taken) {
            answer(login, false, then);
        }
    }

    // Somebody may have asked the same while this waited.
    private void hash(Login login, Bytes password, Bytes question, Consumer<Optional<Principal>> then) {
        Optional<Boolean> answered = known.answer(question);
        UserSpec user = users.user(login.user());
        Optional<Credential> credential = Optional.ofNullable(user).map(UserSpec::credential);
        boolean isRight = answered.isPresent() ? answered.get() : passwords.matches(credential, password.toByteArray());
        known.remember(known.question(login.user(), credential, password), isRight);
        answer(login, isRight, then);
        if (isRight && user != null && credential.filter(Passwords::isWeak).isPresent()) {
            users.replace(user, passwords.credential(password.toByteArray()));
        }
    }

    private void answer(Login login, boolean isRight, Consumer<Optional<Principal>> then) {
        Optional<Principal> who = isRight ? find(login.user()) : Optional.empty();
        counts.count(login, who.isPresent());
        if (who.isPresent()) {
            delays.succeeded(login.user(), login.peer().address());
        } else {
            delays.failed(login.user(), login.peer().address());
        }
        if (who.isPresent() || refusals.mayBeNoted()) {
            String what = "log in by " + login.door();
            String result = who.isPresent() ? AuditLog.Entry.OK : "refused";
            audit.record(new AuditLog.Entry(login.user(), login.peer().name(), what, result));
        }
        then.accept(who);
    }

    /// How often it was tried.
    public LoginCounts counts() {
        return counts;
    }

    /// The user of this name, whose identity was proved elsewhere.
    public Optional<Principal> find(String name) {
        return Optional.ofNullable(users.user(name)).map(user -> new Principal(name, user.tags()));
    }

    /// Whether it is guest with the password that everybody knows.
    public boolean isOpenToAll(UserSpec user) {
        return user.name().equals(Login.GUEST)
                && (GUESTS_CREDENTIAL.equals(user.credential())
                        || passwords.matches(
                                Optional.ofNullable(user.credential()), Login.GUEST.getBytes(StandardCharsets.UTF_8)));
    }
}
