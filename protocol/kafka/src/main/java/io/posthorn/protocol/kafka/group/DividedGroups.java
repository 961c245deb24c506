package io.posthorn.protocol.kafka.group;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Which of the groups that a request names its user may ask for.
record DividedGroups(List<String> allowed, List<String> refused) {
    static DividedGroups of(Collection<String> groups, Predicate<String> allowed) {
        Map<Boolean, List<String>> parts =
                groups.stream().collect(Collectors.partitioningBy(allowed, Collectors.toCollection(ArrayList::new)));
        return new DividedGroups(parts.getOrDefault(true, List.of()), parts.getOrDefault(false, List.of()));
    }
}
