package io.posthorn.protocol.kafka.security;

import io.posthorn.broker.Done;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.security.Permission;
import io.posthorn.broker.topology.Topology;
import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.Futures;
import io.posthorn.protocol.kafka.KafkaErrors;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.KafkaRights;
import io.posthorn.protocol.kafka.Surroundings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.CreateAclsResponseData.AclCreationResult;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DeleteAclsResponseData.DeleteAclsFilterResult;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.CreateAclsRequest;
import org.apache.kafka.common.requests.CreateAclsResponse;
import org.apache.kafka.common.requests.DeleteAclsRequest;
import org.apache.kafka.common.requests.DeleteAclsResponse;
import org.apache.kafka.common.requests.DescribeAclsRequest;
import org.apache.kafka.common.requests.DescribeAclsResponse;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// Shows and changes users' permissions in the virtual host of Kafka's clients as access control lists. What those
/// cannot say is refused, or not shown. Thread-safe.
public final class AclsHandler implements ApiHandler {
    private final Surroundings surroundings;

    /// A change builds upon what the one before it has left.
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

    public AclsHandler(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.DESCRIBE_ACLS, ApiKeys.CREATE_ACLS, ApiKeys.DELETE_ACLS);
    }

    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        if (!KafkaRights.of(request, surroundings).mayAdminister()) {
            return CompletableFuture.failedStage(Errors.CLUSTER_AUTHORIZATION_FAILED.exception());
        }
        return switch (request.api()) {
            case DESCRIBE_ACLS -> CompletableFuture.completedFuture(describe(request));
            case CREATE_ACLS -> inTurn(() -> create(request));
            default -> inTurn(() -> delete(request));
        };
    }

    private synchronized <T> CompletableFuture<T> inTurn(Supplier<CompletableFuture<T>> change) {
        CompletableFuture<T> next = last.handle((_, _) -> true).thenCompose(_ -> change.get());
        last = next;
        return next;
    }

    private Topology decided() {
        return surroundings.broker().administration().current();
    }

    private PermissionPatterns patterns(String user) {
        PermissionPatterns known =
                decided().permissions(user, surroundings.settings().virtualHost());
        return known == null ? new PermissionPatterns("", "", "") : known;
    }

    private List<AclBinding> matching(AclBindingFilter filter) {
        List<AclBinding> matching = new ArrayList<>();
        for (String user : decided().users().keySet()) {
            for (AclBinding binding : UserAcls.of(user, patterns(user)).bindings()) {
                if (filter.matches(binding)) {
                    matching.add(binding);
                }
            }
        }
        return matching;
    }

    private DescribeAclsResponse describe(KafkaRequest request) {
        var asked = request.body(DescribeAclsRequest.class);
        var data = new DescribeAclsResponseData()
                .setResources(DescribeAclsResponse.aclsResources(matching(asked.filter())));
        return new DescribeAclsResponse(data, request.version());
    }

    // ---- Create

    private CompletableFuture<CreateAclsResponse> create(KafkaRequest request) {
        List<AclBinding> bindings = wanted(request);
        Map<String, UserAcls> after = new HashMap<>();
        Map<AclBinding, ApiError> errors = new LinkedHashMap<>();
        // To see a name comes with every right to it, so those rights are given first.
        bindings.stream()
                .filter(binding -> !isDescribe(binding))
                .forEach(binding -> errors.put(binding, add(binding, after)));
        bindings.stream().filter(AclsHandler::isDescribe).forEach(binding -> errors.put(binding, see(binding, after)));
        return apply(request, after).handle((_, failure) -> {
            var data = new CreateAclsResponseData();
            for (AclBinding binding : bindings) {
                ApiError error = errors.getOrDefault(binding, ApiError.NONE);
                ApiError told = failure == null || error.isFailure()
                        ? error
                        : ApiError.fromThrowable(KafkaErrors.exception(failure));
                data.results()
                        .add(new AclCreationResult()
                                .setErrorCode(told.error().code())
                                .setErrorMessage(told.message()));
            }
            return new CreateAclsResponse(data);
        });
    }

    /// A filter is no list's entry: Kafka's own types take that for a fault of the program.
    private static List<AclBinding> wanted(KafkaRequest request) {
        try {
            return request.body(CreateAclsRequest.class).aclCreations().stream()
                    .map(CreateAclsRequest::aclBinding)
                    .toList();
        } catch (IllegalArgumentException filter) {
            throw new InvalidRequestException(filter.getMessage(), filter);
        }
    }

    private static boolean isDescribe(AclBinding binding) {
        return binding.entry().operation() == AclOperation.DESCRIBE
                || binding.entry().operation() == AclOperation.DESCRIBE_CONFIGS;
    }

    private ApiError add(AclBinding binding, Map<String, UserAcls> after) {
        ApiError error = check(binding);
        if (error.isFailure() || isEverybodys(binding)) {
            return error;
        }
        ResourcePattern pattern = binding.pattern();
        Set<Permission> permissions =
                UserAcls.permissions(pattern.resourceType(), binding.entry().operation());
        if (permissions.isEmpty()) {
            return refused("%s on %s is no permission here; what concerns the whole cluster is the administrators'"
                    .formatted(binding.entry().operation(), pattern.resourceType()));
        }
        String user = user(binding);
        UserAcls acls = after.getOrDefault(user, UserAcls.of(user, patterns(user)));
        for (Permission permission : permissions) {
            if (!acls.canSay(permission)) {
                return refused(("the permission of '%s' to %s is an expression that no access control list says; change"
                                + " it where it was made")
                        .formatted(user, permission.text()));
            }
            acls = acls.with(permission, pattern);
        }
        after.put(user, acls);
        return ApiError.NONE;
    }

    private ApiError see(AclBinding binding, Map<String, UserAcls> after) {
        ApiError error = check(binding);
        if (error.isFailure()) {
            return error;
        }
        String user = user(binding);
        UserAcls acls = after.getOrDefault(user, UserAcls.of(user, patterns(user)));
        return acls.sees(binding.pattern().name())
                ? ApiError.NONE
                : refused("to see a name comes with the right to read, write or configure it, and with nothing else");
    }

    /// Whoever may produce may number what they produce.
    private static boolean isEverybodys(AclBinding binding) {
        return binding.pattern().resourceType() == ResourceType.CLUSTER
                && binding.entry().operation() == AclOperation.IDEMPOTENT_WRITE;
    }

    private ApiError check(AclBinding binding) {
        if (binding.entry().permissionType() != AclPermissionType.ALLOW) {
            return refused("nothing is denied here: what nobody has allowed is refused");
        }
        if (!binding.entry().host().equals(UserAcls.ANY_HOST)) {
            return refused("rights do not depend on the host");
        }
        if (!binding.entry().principal().startsWith(UserAcls.USER) || decided().user(user(binding)) == null) {
            return refused("there is no user '" + binding.entry().principal() + "'");
        }
        return isEverybodys(binding) || NameSet.canSay(binding.pattern())
                ? ApiError.NONE
                : refused("'" + binding.pattern().name() + "' is no name of topics, nor their beginning");
    }

    private static String user(AclBinding binding) {
        String principal = binding.entry().principal();
        return principal.substring(Math.min(principal.length(), UserAcls.USER.length()));
    }

    private static ApiError refused(String message) {
        return new ApiError(Errors.INVALID_REQUEST, message);
    }

    private CompletableFuture<Done> apply(KafkaRequest request, Map<String, UserAcls> after) {
        String host = surroundings.settings().virtualHost();
        List<AdminChange> changes = new ArrayList<>();
        after.forEach(
                (user, acls) -> changes.add(new AdminChange.SetPermissions(user, host, acls.patterns(patterns(user)))));
        var actor = new Actor(request.principal(), request.connection().name());
        return changes.isEmpty()
                ? CompletableFuture.completedFuture(Done.DONE)
                : Futures.of(reply -> surroundings.broker().administration().apply(actor, changes, reply));
    }

    // ---- Delete

    private CompletableFuture<DeleteAclsResponse> delete(KafkaRequest request) {
        Map<String, UserAcls> after = new HashMap<>();
        List<DeleteAclsFilterResult> results = new ArrayList<>();
        for (AclBindingFilter filter : request.body(DeleteAclsRequest.class).filters()) {
            var result = new DeleteAclsFilterResult();
            for (AclBinding binding : matching(filter)) {
                String user = user(binding);
                UserAcls acls = after.getOrDefault(user, UserAcls.of(user, patterns(user)));
                for (Permission permission : UserAcls.permissions(
                        binding.pattern().resourceType(), binding.entry().operation())) {
                    acls = acls.without(permission, binding.pattern());
                }
                after.put(user, acls);
                result.matchingAcls().add(DeleteAclsResponse.matchingAcl(binding, ApiError.NONE));
            }
            results.add(result);
        }
        return apply(request, after)
                .thenApply(_ -> new DeleteAclsResponse(
                        new DeleteAclsResponseData().setFilterResults(results), request.version()));
    }
}
