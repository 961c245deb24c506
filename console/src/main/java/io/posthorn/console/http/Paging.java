package io.posthorn.console.http;

import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.pattern.NamePattern;
import java.util.Optional;
import java.util.function.Predicate;

/// Which part of a list is wanted: `page`, `page_size`, and whose names hold `name`, as text or as a regular
/// expression. Without `page` the whole list is wanted, as an array, and nothing else counts.
///
/// @param nameHolds for a name
record Paging(int page, int size, Predicate<String> nameHolds) {
    private static final int USUAL_SIZE = 100;
    private static final int MOST = 500;

    static Optional<Paging> of(Request request) {
        return request.query("page").map(page -> parse(page, request));
    }

    private static Paging parse(String text, Request request) {
        int page = whole(text);
        int size = request.query("page_size").map(Paging::whole).orElse(USUAL_SIZE);
        if (page < 1 || size < 1 || size > MOST) {
            throw HttpFailure.of(
                    400,
                    "invalid_pagination_parameters",
                    "Invalid pagination parameters: page number %d, page size %d".formatted(page, size));
        }
        return new Paging(page, size, names(request));
    }

    private static Predicate<String> names(Request request) {
        String wanted = request.query("name").orElse("");
        if (wanted.isEmpty()) {
            return _ -> true;
        }
        if (!request.flag("use_regex")) {
            return name -> name.contains(wanted);
        }
        try {
            return NamePattern.of("(?i)" + wanted)::isFoundIn;
        } catch (PreconditionFailed e) {
            throw invalid();
        }
    }

    private static int whole(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw invalid();
        }
    }

    private static HttpFailure invalid() {
        return HttpFailure.badRequest("Pagination parameters are invalid");
    }
}
