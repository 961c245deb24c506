package io.posthorn.console.v1;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.BrokerException.AlreadyExists;
import io.posthorn.broker.BrokerException.EndedByOperator;
import io.posthorn.broker.BrokerException.LimitReached;
import io.posthorn.broker.BrokerException.MessageTooLarge;
import io.posthorn.broker.BrokerException.NotFound;
import io.posthorn.broker.BrokerException.NotImplemented;
import io.posthorn.broker.BrokerException.OffsetOutOfRange;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.BrokerException.ProducerRefused;
import io.posthorn.broker.BrokerException.ResourceLocked;
import io.posthorn.broker.BrokerException.ShuttingDown;
import io.posthorn.broker.BrokerException.StorageFailed;
import io.posthorn.broker.BrokerException.StorageFull;
import io.posthorn.broker.BrokerException.VirtualHostNotFound;
import io.posthorn.console.NearestName;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route.Handler;
import io.posthorn.console.http.Route.Parameter;
import io.posthorn.console.http.Route.Parameter.In;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/// What is wrong, as RFC 9457 has it.
final class Problems {
    static final String CONTENT_TYPE = "application/problem+json";

    static final Schema SCHEMA = Schema.object()
            .with("type", Schema.text())
            .with("title", Schema.text())
            .with("status", Schema.integer())
            .with("detail", Schema.text());

    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int UNAVAILABLE = 503;

    private static final Map<Integer, String> TITLES = Map.of(
            BAD_REQUEST, "Bad Request",
            FORBIDDEN, "Forbidden",
            NOT_FOUND, "Not Found",
            CONFLICT, "Conflict",
            UNAVAILABLE, "Service Unavailable");

    private Problems() {}

    /// The handler, with failures told as problems; what its route does not know is refused before.
    static Handler told(Handler handler) {
        return request -> {
            try {
                checkKnown(request);
                return handler.answer(request);
            } catch (BrokerException refused) {
                return answer(status(refused), String.valueOf(refused.getMessage()));
            } catch (HttpFailure refused) {
                return answer(refused.answer().status(), String.valueOf(refused.getMessage()));
            } catch (TimeoutException _) {
                return answer(UNAVAILABLE, "the broker is too busy to answer");
            }
        };
    }

    static HttpFailure notFound(String detail) {
        return HttpFailure.notFound(detail);
    }

    /// A misspelt condition would be no condition, and what is done to messages is not undone.
    private static void checkKnown(Request request) {
        checkKnown(request, In.QUERY, request.queryNames());
        if (request.body().length > 0) {
            checkKnown(request, In.BODY, request.json().propertyNames());
        }
    }

    private static void checkKnown(Request request, In in, Collection<String> names) {
        var known = request.route().parameters().stream()
                .filter(each -> each.in() == in)
                .map(Parameter::name)
                .collect(Collectors.toSet());
        for (String name : names) {
            if (!known.contains(name)) {
                String meant = NearestName.of(name, known)
                        .map(near -> ", did you mean '" + near + "'?")
                        .orElse("");
                throw HttpFailure.badRequest("unknown parameter '" + name + "'" + meant);
            }
        }
    }

    private static int status(BrokerException failure) {
        return switch (failure) {
            case NotFound _, VirtualHostNotFound _ -> NOT_FOUND;
            case AccessRefused _ -> FORBIDDEN;
            case ResourceLocked _, AlreadyExists _, ProducerRefused _ -> CONFLICT;
            case PreconditionFailed _, MessageTooLarge _, LimitReached _, NotImplemented _, OffsetOutOfRange _ ->
                BAD_REQUEST;
            case StorageFull _, StorageFailed _, ShuttingDown _, EndedByOperator _ -> UNAVAILABLE;
        };
    }

    private static Answer answer(int status, String detail) {
        var problem = new LinkedHashMap<String, Object>();
        problem.put("type", "about:blank");
        problem.put("title", TITLES.getOrDefault(status, "Error"));
        problem.put("status", status);
        problem.put("detail", detail);
        Answer json = Answer.json(status, problem);
        return new Answer(status, Map.of(), CONTENT_TYPE, json.content());
    }
}
