package io.posthorn.console.api;

import io.posthorn.broker.BindingSpec;
import io.posthorn.console.http.Json;
import io.posthorn.console.http.PercentCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.TreeMap;

/// What tells the bindings between two things apart, in one segment of a path: RabbitMQ's `properties_key`. It is the
/// routing key, percent-encoded, and behind a `~` a digest of the arguments, if there are any; `~` alone for neither.
final class BindingKey {
    private static final int DIGEST_BYTES = 9;

    private BindingKey() {}

    static String of(BindingSpec binding) {
        String key = PercentCode.encode(binding.routingKey()).replace("~", "%7E");
        if (binding.arguments().isEmpty()) {
            return key.isEmpty() ? "~" : key;
        }
        return key + "~" + digest(binding);
    }

    /// @param segment as it is in the path, decoded once; some callers decode once more than they encode
    static boolean names(String segment, BindingSpec binding) {
        String key = of(binding);
        return segment.equals(key) || segment.replace("+", "%20").equals(key) || segment.equals(undone(binding));
    }

    private static String undone(BindingSpec binding) {
        String key = binding.routingKey();
        return binding.arguments().isEmpty() ? (key.isEmpty() ? "~" : key) : key + "~" + digest(binding);
    }

    private static String digest(BindingSpec binding) {
        var sorted = new TreeMap<>(ArgumentMembers.of(binding.arguments()));
        byte[] text = Json.text(sorted).getBytes(StandardCharsets.UTF_8);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, DIGEST_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
