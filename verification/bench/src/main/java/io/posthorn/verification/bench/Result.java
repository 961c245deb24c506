package io.posthorn.verification.bench;

import java.util.Map;

/// What one run of a load found, by name.
record Result(Map<String, Double> figures) {
    /// @return not a number, where the load has no such figure
    double get(String name) {
        return figures.getOrDefault(name, Double.NaN);
    }
}
