package io.posthorn.console.http;

import java.util.ArrayList;
import java.util.List;

/// One thing that can be asked for: what the server calls, and what the description of the API is made from.
///
/// @param path a template on the raw path: `/api/queues/{vhost}/{name}`
/// @param access what the caller has to be
/// @param summary one sentence, for people
/// @param parameters of the query and of the body
public record Route(
        Verb verb, String path, Access access, Handler handler, String summary, List<Parameter> parameters) {
    /// Answers on a virtual thread, which may wait.
    @FunctionalInterface
    public interface Handler {
        /// @throws HttpFailure to refuse
        /// @throws io.posthorn.broker.BrokerException when the broker refuses; translated once, for all routes
        Answer answer(Request request) throws Exception;
    }

    /// @param type in JSON schema's words: `string`, `integer`, `boolean`, `object`, `array`
    public record Parameter(In in, String name, String type, String meaning) {
        public enum In {
            QUERY,
            BODY
        }
    }

    public Route {
        parameters = List.copyOf(parameters);
    }

    public static Route get(String path, Access access, Handler handler) {
        return new Route(Verb.GET, path, access, handler, "", List.of());
    }

    public static Route put(String path, Access access, Handler handler) {
        return new Route(Verb.PUT, path, access, handler, "", List.of());
    }

    public static Route post(String path, Access access, Handler handler) {
        return new Route(Verb.POST, path, access, handler, "", List.of());
    }

    public static Route delete(String path, Access access, Handler handler) {
        return new Route(Verb.DELETE, path, access, handler, "", List.of());
    }

    public Route says(String newSummary) {
        return new Route(verb, path, access, handler, newSummary, parameters);
    }

    public Route query(String name, String type, String meaning) {
        return with(new Parameter(Parameter.In.QUERY, name, type, meaning));
    }

    public Route body(String name, String type, String meaning) {
        return with(new Parameter(Parameter.In.BODY, name, type, meaning));
    }

    private Route with(Parameter parameter) {
        var more = new ArrayList<>(parameters);
        more.add(parameter);
        return new Route(verb, path, access, handler, summary, more);
    }

    /// The names in the path, in order.
    public List<String> variables() {
        return PathTemplate.of(path).variables();
    }
}
