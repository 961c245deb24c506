package io.posthorn.console.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What can be said of one kind of thing, member by member, each worked out only when it is wanted.
///
/// Some members cost a question to the broker: they are the ones [#asked]. Before any of them is read, [#prepare] is
/// given the things it will be read of, all at once: a page of a list, or the whole list when it is sorted by one.
public final class Fields<T> {
    private final Map<String, Function<T, @Nullable Object>> values = new LinkedHashMap<>();
    private final Map<String, Boolean> asked = new LinkedHashMap<>();
    private Consumer<List<T>> preparation = _ -> {};

    /// @param value what [Json#write] knows; a [Missing] leaves the member out
    public Fields<T> with(String name, Function<T, @Nullable Object> value) {
        values.put(name, value);
        return this;
    }

    /// A member that is there only after [#prepare].
    public Fields<T> asked(String name, Function<T, @Nullable Object> value) {
        asked.put(name, true);
        return with(name, value);
    }

    /// @param ask called once, with the things whose asked members will be read
    public Fields<T> prepare(Consumer<List<T>> ask) {
        preparation = ask;
        return this;
    }

    /// Stands for a member that this thing does not have.
    public enum Missing {
        MISSING
    }

    Set<String> names() {
        return values.keySet();
    }

    boolean isAsked(String name) {
        return asked.containsKey(name);
    }

    void prepare(List<T> things) {
        preparation.accept(things);
    }

    @Nullable
    Object value(String name, T thing) {
        Function<T, @Nullable Object> value = values.get(name);
        return value == null ? Missing.MISSING : value.apply(thing);
    }

    /// All members of a thing, for one that is part of another.
    public Map<String, Object> members(T thing) {
        var members = new LinkedHashMap<String, Object>();
        values.forEach((name, value) -> {
            Object said = value.apply(thing);
            if (!(said instanceof Missing)) {
                members.put(name, said);
            }
        });
        return members;
    }

    /// One thing with all its members.
    public Answer one(Request request, T thing) {
        Columns columns = Columns.of(request);
        if (names().stream().anyMatch(name -> isAsked(name) && columns.wants(name))) {
            prepare(List.of(thing));
        }
        return Answer.json(json -> columns.write(json, this, thing));
    }

    /// A list, or a page of it, as the request wants.
    public Answer list(Request request, List<T> things) {
        return new Listing<>(this, request).answer(new ArrayList<>(things));
    }
}
