package io.posthorn.protocol.kafka.security;

import io.posthorn.broker.Done;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.security.Passwords;
import io.posthorn.broker.security.ScramVerifier;
import io.posthorn.broker.topology.Topology;
import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.Futures;
import io.posthorn.protocol.kafka.KafkaErrors;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.KafkaRights;
import io.posthorn.protocol.kafka.Surroundings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialDeletion;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData.AlterUserScramCredentialsResult;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData.UserName;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.CredentialInfo;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.DescribeUserScramCredentialsResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AlterUserScramCredentialsRequest;
import org.apache.kafka.common.requests.AlterUserScramCredentialsResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeUserScramCredentialsRequest;
import org.apache.kafka.common.requests.DescribeUserScramCredentialsResponse;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.jspecify.annotations.Nullable;

/// Shows and changes by which mechanisms of SCRAM users can log in.
///
/// A user has one password here, for every protocol. So what is set takes the place of what was there: for
/// the mechanisms of this request, and no other can be used until the password is set for it as well.
public final class ScramCredentialsHandler implements ApiHandler {
    private final Surroundings surroundings;

    public ScramCredentialsHandler(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS, ApiKeys.ALTER_USER_SCRAM_CREDENTIALS);
    }

    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        if (!KafkaRights.of(request, surroundings).mayAdminister()) {
            return CompletableFuture.failedStage(Errors.CLUSTER_AUTHORIZATION_FAILED.exception());
        }
        return request.api() == ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS
                ? CompletableFuture.completedFuture(describe(request))
                : alter(request);
    }

    private Topology users() {
        return surroundings.broker().administration().current();
    }

    private static List<ScramVerifier> verifiers(@Nullable UserSpec user) {
        Credential credential = user == null ? null : user.credential();
        return credential == null ? List.of() : Passwords.verifiers(credential);
    }

    // ---- Describe

    private DescribeUserScramCredentialsResponse describe(KafkaRequest request) {
        var asked =
                request.body(DescribeUserScramCredentialsRequest.class).data().users();
        var data = new DescribeUserScramCredentialsResponseData();
        if (asked == null || asked.isEmpty()) {
            for (UserSpec user : users().users().values()) {
                if (!verifiers(user).isEmpty()) {
                    data.results().add(described(user.name(), verifiers(user)));
                }
            }
        } else {
            Set<String> seen = new HashSet<>();
            Set<String> twice = new HashSet<>();
            asked.forEach(user -> {
                if (!seen.add(user.name())) {
                    twice.add(user.name());
                }
            });
            for (String name : asked.stream().map(UserName::name).distinct().toList()) {
                data.results().add(described(name, twice.contains(name)));
            }
        }
        return new DescribeUserScramCredentialsResponse(data);
    }

    private DescribeUserScramCredentialsResult described(String name, boolean twice) {
        if (twice) {
            return refused(
                    name,
                    Errors.DUPLICATE_RESOURCE,
                    "Cannot describe SCRAM credentials for the same user twice in" + " a single request: " + name);
        }
        List<ScramVerifier> verifiers = verifiers(users().user(name));
        return verifiers.isEmpty()
                ? refused(
                        name,
                        Errors.RESOURCE_NOT_FOUND,
                        "Attempt to describe a user credential that does not exist: " + name)
                : described(name, verifiers);
    }

    private static DescribeUserScramCredentialsResult refused(String name, Errors error, String message) {
        return new DescribeUserScramCredentialsResult()
                .setUser(name)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    private static DescribeUserScramCredentialsResult described(String name, List<ScramVerifier> verifiers) {
        var result = new DescribeUserScramCredentialsResult().setUser(name);
        for (ScramVerifier verifier : verifiers) {
            result.credentialInfos()
                    .add(new CredentialInfo()
                            .setMechanism(kafkas(verifier.mechanism()).type())
                            .setIterations(verifier.iterations()));
        }
        return result;
    }

    private static ScramMechanism kafkas(io.posthorn.broker.security.ScramMechanism ours) {
        return ScramMechanism.forMechanismName(ours.mechanism());
    }

    private static Optional<io.posthorn.broker.security.ScramMechanism> ours(byte type) {
        return Arrays.stream(io.posthorn.broker.security.ScramMechanism.values())
                .filter(each -> kafkas(each).type() == type)
                .findFirst();
    }

    // ---- Alter

    /// What one request wants for one user.
    private static final class Wish {
        private final List<ScramCredentialUpsertion> upsertions = new ArrayList<>();
        private final List<ScramCredentialDeletion> deletions = new ArrayList<>();

        private ApiError check() {
            Set<Byte> seen = new HashSet<>();
            for (ScramCredentialUpsertion upsertion : upsertions) {
                ApiError error = check(upsertion, seen);
                if (error.isFailure()) {
                    return error;
                }
            }
            for (ScramCredentialDeletion deletion : deletions) {
                ApiError error = check(deletion.name(), deletion.mechanism(), seen);
                if (error.isFailure()) {
                    return error;
                }
            }
            return ApiError.NONE;
        }

        private static ApiError check(ScramCredentialUpsertion upsertion, Set<Byte> seen) {
            ApiError error = check(upsertion.name(), upsertion.mechanism(), seen);
            if (error.isFailure()) {
                return error;
            }
            ScramMechanism mechanism = kafkas(ours(upsertion.mechanism()).orElseThrow());
            if (upsertion.iterations() < mechanism.minIterations()) {
                return new ApiError(Errors.UNACCEPTABLE_CREDENTIAL, "Too few iterations");
            }
            return upsertion.iterations() > mechanism.maxIterations()
                    ? new ApiError(Errors.UNACCEPTABLE_CREDENTIAL, "Too many iterations")
                    : ApiError.NONE;
        }

        private static ApiError check(String name, byte mechanism, Set<Byte> seen) {
            if (name.isEmpty()) {
                return new ApiError(Errors.UNACCEPTABLE_CREDENTIAL, "Username must not be empty");
            }
            if (ours(mechanism).isEmpty()) {
                return new ApiError(Errors.UNSUPPORTED_SASL_MECHANISM, "Unknown SCRAM mechanism");
            }
            return seen.add(mechanism)
                    ? ApiError.NONE
                    : new ApiError(
                            Errors.DUPLICATE_RESOURCE, "A user credential cannot be altered twice in the same request");
        }
    }

    private CompletionStage<AlterUserScramCredentialsResponse> alter(KafkaRequest request) {
        var asked = request.body(AlterUserScramCredentialsRequest.class).data();
        Map<String, Wish> wishes = new LinkedHashMap<>();
        asked.upsertions()
                .forEach(each -> wishes.computeIfAbsent(each.name(), _ -> new Wish())
                        .upsertions
                        .add(each));
        asked.deletions()
                .forEach(each -> wishes.computeIfAbsent(each.name(), _ -> new Wish())
                        .deletions
                        .add(each));
        List<CompletableFuture<AlterUserScramCredentialsResult>> results = new ArrayList<>();
        wishes.forEach((name, wish) -> results.add(alter(request, name, wish)
                .handle((error, failure) -> result(
                        name, failure == null ? error : ApiError.fromThrowable(KafkaErrors.exception(failure))))));
        return Futures.all(results)
                .thenApply(all -> new AlterUserScramCredentialsResponse(
                        new AlterUserScramCredentialsResponseData().setResults(all)));
    }

    private static AlterUserScramCredentialsResult result(String name, ApiError error) {
        return new AlterUserScramCredentialsResult()
                .setUser(name)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.message());
    }

    private CompletableFuture<ApiError> alter(KafkaRequest request, String name, Wish wish) {
        ApiError error = wish.check();
        if (error.isFailure()) {
            return CompletableFuture.completedFuture(error);
        }
        UserSpec before = users().user(name);
        Optional<List<ScramVerifier>> after = after(verifiers(before), wish);
        if (after.isEmpty()) {
            return CompletableFuture.completedFuture(
                    new ApiError(Errors.RESOURCE_NOT_FOUND, "Attempt to delete a user credential that does not exist"));
        }
        Credential credential = after.get().isEmpty() ? null : Passwords.credential(after.get());
        var user = new UserSpec(name, credential, before == null ? Set.of() : before.tags());
        var actor = new Actor(request.principal(), request.connection().name());
        return Futures.<Done>of(reply -> surroundings
                        .broker()
                        .administration()
                        .apply(actor, List.of(new AdminChange.PutUser(user)), reply))
                .thenApply(_ -> ApiError.NONE);
    }

    /// Empty when something is to be deleted that is not there.
    private static Optional<List<ScramVerifier>> after(List<ScramVerifier> before, Wish wish) {
        List<ScramVerifier> after = new ArrayList<>(before);
        for (ScramCredentialDeletion deletion : wish.deletions) {
            if (!after.removeIf(known -> kafkas(known.mechanism()).type() == deletion.mechanism())) {
                return Optional.empty();
            }
        }
        if (!wish.upsertions.isEmpty()) {
            after.clear();
        }
        for (ScramCredentialUpsertion upsertion : wish.upsertions) {
            after.add(ScramVerifier.ofSalted(
                    ours(upsertion.mechanism()).orElseThrow(),
                    upsertion.saltedPassword(),
                    upsertion.salt(),
                    upsertion.iterations()));
        }
        return Optional.of(after);
    }
}
