package io.posthorn.console.api;

import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Request;
import io.posthorn.log.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A file that came as the body of a request, or in a form (RFC 7578), as browsers send it.
///
/// @param redirect where the browser is to go afterwards: a page of the same site
record Upload(Bytes file, Optional<String> redirect) {
    private static final String FORM = "multipart/form-data";
    private static final Pattern BOUNDARY = Pattern.compile("boundary=(?:\"([^\"]{1,70})\"|([^;\\s]{1,70}))");
    private static final Pattern NAME = Pattern.compile(";\\s*name=\"([^\"]*)\"");
    // Of this site only: a form must not send its reader elsewhere.
    private static final Pattern PAGE = Pattern.compile("[.]{0,2}/?#?[A-Za-z0-9_./#%-]*");

    private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};

    static Upload of(Request request) {
        String type = request.header("content-type").orElse("");
        if (!type.toLowerCase(Locale.ROOT).startsWith(FORM)) {
            return new Upload(new Bytes(request.body()), Optional.empty());
        }
        var boundary = BOUNDARY.matcher(type);
        if (!boundary.find()) {
            throw HttpFailure.badRequest("a form needs a boundary");
        }
        var parts = parts(request.body(), boundary.group(1) == null ? boundary.group(2) : boundary.group(1));
        byte[] file = parts.get("file");
        if (file == null) {
            throw HttpFailure.badRequest("a form needs a part named file");
        }
        return new Upload(
                new Bytes(file),
                Optional.ofNullable(parts.get("redirect"))
                        .map(text -> new String(text, StandardCharsets.UTF_8))
                        .filter(page ->
                                !page.startsWith("//") && PAGE.matcher(page).matches()));
    }

    private static Map<String, byte[]> parts(byte[] body, String boundary) {
        byte[] delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.UTF_8);
        // The first one may stand at the very beginning.
        byte[] form = new byte[body.length + 2];
        form[0] = '\r';
        form[1] = '\n';
        System.arraycopy(body, 0, form, 2, body.length);
        var parts = new LinkedHashMap<String, byte[]>();
        int from = find(form, delimiter, 0);
        for (int to = next(form, delimiter, from); to >= 0; to = next(form, delimiter, from)) {
            addPart(parts, Arrays.copyOfRange(form, from + delimiter.length, to));
            from = to;
        }
        return parts;
    }

    private static int next(byte[] form, byte[] delimiter, int from) {
        return from < 0 ? -1 : find(form, delimiter, from + delimiter.length);
    }

    private static void addPart(Map<String, byte[]> parts, byte[] part) {
        int end = find(part, END_OF_HEAD, 0);
        if (end >= 0) {
            var name = NAME.matcher(new String(part, 0, end, StandardCharsets.UTF_8));
            if (name.find()) {
                parts.put(name.group(1), Arrays.copyOfRange(part, end + END_OF_HEAD.length, part.length));
            }
        }
    }

    private static int find(byte[] in, byte[] what, int from) {
        for (int at = from; at + what.length <= in.length; at++) {
            if (in[at] == what[0] && Arrays.equals(in, at, at + what.length, what, 0, what.length)) {
                return at;
            }
        }
        return -1;
    }
}
