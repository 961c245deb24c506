package io.posthorn.console.definitions;

import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.console.NearestName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What files say of a user.
final class Users {
    private Users() {}

    /// @param hashing for a password in plain text
    static UserSpec stated(Item item, Function<String, Credential> hashing) {
        String name = item.name("name");
        var credential = credential(item, hashing);
        return new UserSpec(name, credential, new LinkedHashSet<>(tags(item)));
    }

    private static @Nullable Credential credential(Item item, Function<String, Credential> hashing) {
        var password = item.find("password");
        var hash = item.find("password_hash");
        String algorithm = item.maybeText("hashing_algorithm").orElse(Credential.RABBIT_SHA256);
        if (password != null && hash != null) {
            throw new Problem(item.place(), "has both a password and a password_hash");
        }
        if (password != null) {
            String text = Item.text(password);
            return text.isEmpty() ? null : hashing.apply(text);
        }
        if (hash == null) {
            return null;
        }
        checkAlgorithm(item, algorithm);
        try {
            return new CredentialText(Item.text(hash), algorithm).credential();
        } catch (IllegalArgumentException e) {
            throw new Problem(hash.place(), "is not base64");
        }
    }

    private static void checkAlgorithm(Item item, String algorithm) {
        if (!CredentialText.ALGORITHMS.contains(algorithm)) {
            throw new Problem(
                    item.get("hashing_algorithm").place(),
                    "is an algorithm that is not known here"
                            + NearestName.of(algorithm, CredentialText.ALGORITHMS)
                                    .map(meant -> "; did you mean \"" + meant + "\"?")
                                    .orElse(""));
        }
    }

    private static List<String> tags(Item item) {
        boolean isAdministrator = item.maybeFlag("administrator").orElse(false);
        var tags = new ArrayList<>(item.maybeTags("tags").orElse(List.of()));
        if (isAdministrator) {
            // Before there were tags.
            tags.add("administrator");
        }
        return tags;
    }
}
