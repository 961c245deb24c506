package io.posthorn.console.v1;

import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Members;
import io.posthorn.console.http.Request;

/// Numbers in requests, within their bounds.
final class Numbers {
    private Numbers() {}

    static long query(Request request, String name, long otherwise, long least, long most) {
        return request.query(name)
                .map(text -> check(name, parse(name, text), least, most))
                .orElse(otherwise);
    }

    static long member(Members members, String name, long otherwise, long least, long most) {
        return check(name, members.number(name, otherwise), least, most);
    }

    private static long parse(String name, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            throw HttpFailure.badRequest("'" + name + "' is no whole number");
        }
    }

    private static long check(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw HttpFailure.badRequest("'" + name + "' is from " + least + " to " + most);
        }
        return value;
    }
}
