package io.posthorn.console.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// One list as one request wants it: filtered, sorted, cut, and only then looked at closely.
final class Listing<T> {
    private final Fields<T> fields;
    private final Columns columns;
    private final Optional<Paging> paging;
    private final Optional<List<String>> sort;
    private final boolean reverse;

    Listing(Fields<T> fields, Request request) {
        this.fields = fields;
        this.columns = Columns.of(request);
        this.paging = Paging.of(request);
        this.sort = request.query("sort").filter(text -> !text.isEmpty()).map(Columns::path);
        this.reverse = request.flag("sort_reverse");
    }

    /// @param things is sorted here
    Answer answer(List<T> things) {
        return paging.map(page -> page(page, things)).orElseGet(() -> whole(things));
    }

    private Answer whole(List<T> things) {
        prepare(things, sort(things));
        return Answer.json(json -> writeAll(json, things));
    }

    private Answer page(Paging page, List<T> things) {
        var kept = new ArrayList<T>();
        for (T thing : things) {
            if (page.nameHolds().test(String.valueOf(fields.value("name", thing)))) {
                kept.add(thing);
            }
        }
        long from = (page.page() - 1L) * page.size();
        if (from >= kept.size() && page.page() > 1) {
            throw HttpFailure.of(
                    400,
                    "page_out_of_range",
                    "Page out of range, page: %d page size: %d, len: %d"
                            .formatted(page.page(), page.size(), kept.size()));
        }
        boolean prepared = sort(kept);
        List<T> items = kept.subList((int) from, (int) Math.min(from + page.size(), kept.size()));
        prepare(items, prepared);
        return Answer.json(json -> writePage(json, page, things.size(), kept.size(), items));
    }

    private void writePage(JsonGenerator json, Paging page, int total, int kept, List<T> items) {
        json.writeStartObject();
        json.writeNumberProperty("filtered_count", kept);
        json.writeNumberProperty("item_count", items.size());
        json.writeName("items");
        writeAll(json, items);
        json.writeNumberProperty("page", page.page());
        json.writeNumberProperty("page_count", Math.ceilDiv(kept, page.size()));
        json.writeNumberProperty("page_size", page.size());
        json.writeNumberProperty("total_count", total);
        json.writeEndObject();
    }

    private void writeAll(JsonGenerator json, List<T> things) {
        json.writeStartArray();
        for (T thing : things) {
            columns.write(json, fields, thing);
        }
        json.writeEndArray();
    }

    private void prepare(List<T> things, boolean alreadyDone) {
        if (!alreadyDone && fields.names().stream().anyMatch(name -> fields.isAsked(name) && columns.wants(name))) {
            fields.prepare(things);
        }
    }

    /// @return whether the broker had to be asked for it
    private boolean sort(List<T> things) {
        if (sort.isEmpty()) {
            return false;
        }
        List<String> path = sort.get();
        boolean asks = fields.isAsked(path.getFirst());
        if (asks) {
            fields.prepare(things);
        }
        var keyed = new ArrayList<Keyed<T>>(things.size());
        for (T thing : things) {
            keyed.add(new Keyed<>(Columns.value(fields, path, thing), thing));
        }
        Comparator<Keyed<T>> order = Comparator.comparing(Keyed::key, Listing::compare);
        keyed.sort(reverse ? Collections.reverseOrder(order) : order);
        for (int i = 0; i < things.size(); i++) {
            things.set(i, keyed.get(i).thing());
        }
        return asks;
    }

    private record Keyed<T>(@Nullable Object key, T thing) {}

    /// Numbers before words before text, as RabbitMQ sorts; what is missing counts as 0.
    private static int compare(@Nullable Object one, @Nullable Object other) {
        int order = Integer.compare(rank(one), rank(other));
        if (order != 0) {
            return order;
        }
        return switch (rank(one)) {
            case NUMBER -> Double.compare(number(one), number(other));
            default -> String.valueOf(one).compareTo(String.valueOf(other));
        };
    }

    private static final int NUMBER = 0;
    private static final int WORD = 1;
    private static final int TEXT = 2;

    private static int rank(@Nullable Object value) {
        return switch (value) {
            case Number _ -> NUMBER;
            case Fields.Missing _ -> NUMBER;
            case Boolean _ -> WORD;
            case null -> WORD;
            default -> TEXT;
        };
    }

    private static double number(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : 0;
    }
}
