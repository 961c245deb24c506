package io.posthorn.protocol.kafka.security;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;

/// The names that a permission is for, as far as access control lists can say them: all, some, and those that begin in
/// some way. Immutable.
record NameSet(boolean isAll, Set<String> literals, Set<String> prefixes) {
    static final NameSet NONE = new NameSet(false, Set.of(), Set.of());

    private static final String BEGIN = "^(?:";
    private static final String END = ")";
    private static final Pattern PLAIN = Pattern.compile("(?:[a-zA-Z0-9_-]|\\\\\\.)+");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]+");

    NameSet {
        literals = Set.copyOf(literals);
        prefixes = Set.copyOf(prefixes);
    }

    /// What a permission's expression allows; empty when no list of names and prefixes says the same.
    static Optional<NameSet> parse(String expression) {
        if (expression.isEmpty() || expression.equals("^$")) {
            return Optional.of(NONE);
        }
        if (expression.equals(".*")) {
            return Optional.of(new NameSet(true, Set.of(), Set.of()));
        }
        boolean isList = expression.startsWith(BEGIN) && expression.endsWith(END);
        String inner = isList
                ? expression.substring(BEGIN.length(), expression.length() - END.length())
                : expression.startsWith("^") ? expression.substring(1) : "(";
        var literals = new TreeSet<String>();
        var prefixes = new TreeSet<String>();
        for (String part : isList ? List.of(inner.split("\\|", -1)) : List.of(inner)) {
            boolean isLiteral = part.endsWith("$") && !part.endsWith(".*$");
            String plain = isLiteral ? part.substring(0, part.length() - 1) : withoutRest(part);
            if (!PLAIN.matcher(plain).matches()) {
                return Optional.empty();
            }
            (isLiteral ? literals : prefixes).add(plain.replace("\\.", "."));
        }
        return Optional.of(new NameSet(false, literals, prefixes));
    }

    private static String withoutRest(String part) {
        if (part.endsWith(".*$")) {
            return part.substring(0, part.length() - 3);
        }
        return part.endsWith(".*") && !part.endsWith("\\.*") ? part.substring(0, part.length() - 2) : part;
    }

    /// The expression that allows just these.
    String expression() {
        if (isAll) {
            return ".*";
        }
        List<String> parts = new ArrayList<>();
        new TreeSet<>(literals).forEach(name -> parts.add(name.replace(".", "\\.") + "$"));
        new TreeSet<>(prefixes).forEach(prefix -> parts.add(prefix.replace(".", "\\.")));
        return parts.isEmpty() ? "" : BEGIN + String.join("|", parts) + END;
    }

    /// Whether a resource of this pattern can be among them.
    static boolean canSay(ResourcePattern pattern) {
        return pattern.name().equals(ResourcePattern.WILDCARD_RESOURCE)
                ? pattern.patternType() == PatternType.LITERAL
                : NAME.matcher(pattern.name()).matches()
                        && (pattern.patternType() == PatternType.LITERAL
                                || pattern.patternType() == PatternType.PREFIXED);
    }

    NameSet with(ResourcePattern pattern) {
        if (pattern.name().equals(ResourcePattern.WILDCARD_RESOURCE)) {
            return new NameSet(true, literals, prefixes);
        }
        var names = new TreeSet<>(pattern.patternType() == PatternType.LITERAL ? literals : prefixes);
        names.add(pattern.name());
        return pattern.patternType() == PatternType.LITERAL
                ? new NameSet(isAll, names, prefixes)
                : new NameSet(isAll, literals, names);
    }

    NameSet without(ResourcePattern pattern) {
        if (pattern.name().equals(ResourcePattern.WILDCARD_RESOURCE)) {
            return new NameSet(false, literals, prefixes);
        }
        var names = new TreeSet<>(pattern.patternType() == PatternType.LITERAL ? literals : prefixes);
        names.remove(pattern.name());
        return pattern.patternType() == PatternType.LITERAL
                ? new NameSet(isAll, names, prefixes)
                : new NameSet(isAll, literals, names);
    }

    boolean has(String name) {
        return isAll || literals.contains(name) || prefixes.stream().anyMatch(name::startsWith);
    }
}
