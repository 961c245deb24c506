package io.posthorn.console.metrics;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.ToLongFunction;

/// Writes families of metrics as text, version 0.0.4 of the format. Confined to one thread.
///
/// The samples of a family stand together behind what is said of it, as the format wants.
final class MetricsWriter {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final int FLUSH_AT = 32 * 1024;

    private final OutputStream out;
    private final StringBuilder text = new StringBuilder();
    private String family = "";

    MetricsWriter(OutputStream out) {
        this.out = out;
    }

    MetricsWriter gauge(String name, String help) {
        return begin(name, "gauge", help);
    }

    /// @param name ends in `_total`
    MetricsWriter counter(String name, String help) {
        return begin(name, "counter", help);
    }

    private MetricsWriter begin(String name, String type, String help) {
        family = name;
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        return this;
    }

    void value(long value) {
        text.append(family).append(' ').append(value).append('\n');
        flushIfLong();
    }

    void value(double value) {
        text.append(family).append(' ').append(number(value)).append('\n');
        flushIfLong();
    }

    MetricsWriter labelled(Labels labels, long value) {
        text.append(family).append(labels).append(' ').append(value).append('\n');
        flushIfLong();
        return this;
    }

    MetricsWriter labelled(Labels labels, double value) {
        text.append(family).append(labels).append(' ').append(number(value)).append('\n');
        flushIfLong();
        return this;
    }

    /// One sample for each of the things.
    <T> void each(Iterable<? extends Labelled<T>> things, ToLongFunction<T> value) {
        for (Labelled<T> each : things) {
            labelled(each.labels(), value.applyAsLong(each.thing()));
        }
    }

    /// A thing, and by what it is told from others.
    record Labelled<T>(Labels labels, T thing) {}

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private void flushIfLong() {
        if (text.length() >= FLUSH_AT) {
            flush();
        }
    }

    void flush() {
        try {
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        text.setLength(0);
    }
}
