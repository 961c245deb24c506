package io.posthorn.broker.security;

import io.posthorn.broker.pattern.NamePattern;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What stands in topic permissions for whoever asks.
///
/// @param clientId null where the protocol has none; then it stands for itself
public record TopicVariables(
        String user, String virtualHost, @Nullable String clientId) {
    private static final Pattern VARIABLE = Pattern.compile("\\{(username|vhost|client_id)}");

    /// The expression with each variable as a text that means itself: a user called `.*` gets no more than others.
    String expand(String pattern) {
        return pattern.indexOf('{') < 0
                ? pattern
                : VARIABLE.matcher(pattern).replaceAll(found -> Matcher.quoteReplacement(value(found)));
    }

    private String value(MatchResult found) {
        return switch (found.group(1)) {
            case "username" -> quoted(user);
            case "vhost" -> quoted(virtualHost);
            default -> clientId == null ? found.group() : quoted(clientId);
        };
    }

    private static String quoted(String text) {
        return "\\Q" + text.replace("\\E", "\\E\\\\E\\Q") + "\\E";
    }

    /// @throws io.posthorn.broker.BrokerException.PreconditionFailed when this is no regular expression
    public static void check(String pattern) {
        NamePattern.of(new TopicVariables("user", "host", "client").expand(pattern));
    }
}
