package io.stablesr.restore;

import com.typesafe.config.Config;
import java.util.Objects;

/**
 * What is known of a model bundle without loading its weights.
 *
 * @param name name of the bundle
 * @param modelId name and weights digest, as in result rows
 * @param licence licence of the weights, as its {@code model.conf} states it
 * @param defaults the {@code defaults} block of its {@code model.conf}: settings, with paths as
 *     below {@code stablesr}, that this model wants instead of the reference ones; may be empty
 */
public record BundleInfo(String name, String modelId, String licence, Config defaults) {
  /** Checks that nothing is missing. */
  public BundleInfo {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(modelId, "modelId");
    Objects.requireNonNull(licence, "licence");
    Objects.requireNonNull(defaults, "defaults");
  }
}
