package io.posthorn.server.cli.api;

/// What the broker answered.
public record Answer(int status, String body) {
    public boolean isOk() {
        return status < 300;
    }

    /// @throws JsonException when it is none
    public Json json() {
        return body.isBlank() ? Json.NULL : Json.parse(body);
    }

    /// Why it was refused, as the broker says it.
    public String reason() {
        try {
            Json error = json();
            String reason = error.text("reason");
            if (reason.isEmpty()) {
                reason = error.text("detail");
            }
            return reason.isEmpty() ? error.text("error") : reason;
        } catch (JsonException notJson) {
            return body.isBlank() ? "" : body.lines().findFirst().orElse("");
        }
    }
}
