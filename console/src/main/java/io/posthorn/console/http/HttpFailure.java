package io.posthorn.console.http;

import java.io.Serial;
import java.util.LinkedHashMap;
import java.util.List;

/// Why a request is refused: a status, and mostly a body of two words for programs and people,
/// `{"error":"bad_request","reason":"..."}`, in RabbitMQ's words where it has them.
public final class HttpFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    private final transient Answer answer;

    private HttpFailure(Answer answer, String message) {
        super(message, null, false, false);
        this.answer = answer;
    }

    public static HttpFailure of(Answer answer) {
        return new HttpFailure(answer, "HTTP " + answer.status());
    }

    public static HttpFailure of(int status, String error, String reason) {
        return new HttpFailure(body(status, error, reason), reason);
    }

    public static HttpFailure badRequest(String reason) {
        return of(BAD_REQUEST, "bad_request", reason);
    }

    /// RabbitMQ gives some reasons as a list: what is wrong, and with which value.
    public static HttpFailure badRequest(List<?> reason) {
        return new HttpFailure(body(BAD_REQUEST, "bad_request", reason), String.valueOf(reason));
    }

    public static HttpFailure notFound() {
        return of(NOT_FOUND, "Object Not Found", "Not Found");
    }

    public static HttpFailure notFound(String reason) {
        return of(NOT_FOUND, "not_found", reason);
    }

    /// The caller is known, and may not.
    public static HttpFailure notAuthorised(String reason) {
        return of(UNAUTHORIZED, "not_authorised", reason);
    }

    /// The caller did not say who they are, or not truly.
    static HttpFailure loginFailed(String reason) {
        var body = body(UNAUTHORIZED, "not_authorized", reason);
        return new HttpFailure(challenge(body), reason);
    }

    static HttpFailure loginWanted() {
        return new HttpFailure(challenge(Answer.empty(UNAUTHORIZED)), "no credentials");
    }

    /// Whether the caller is known, and may not.
    boolean isForWantOfRights() {
        return answer.status() == UNAUTHORIZED || answer.status() == FORBIDDEN;
    }

    /// What the caller is told.
    public Answer answer() {
        return answer;
    }

    private static Answer challenge(Answer answer) {
        return answer.with("www-authenticate", "Basic realm=\"RabbitMQ Management\"");
    }

    private static Answer body(int status, String error, Object reason) {
        var members = new LinkedHashMap<String, Object>();
        members.put("error", error);
        members.put("reason", reason);
        return Answer.json(status, members);
    }
}
