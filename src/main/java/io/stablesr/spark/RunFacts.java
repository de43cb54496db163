package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.job.Parameters;
import io.stablesr.job.SettingsReader;
import io.stablesr.restore.UpscaleOptions;
import java.io.Serializable;
import java.util.Map;

/**
 * What all rows of a run have in common.
 *
 * @param runId identity of the run
 * @param outputFolder qualified folder of the results
 * @param modelId name and weights digest of the model
 * @param bundleLicence licence of the model's weights
 * @param softwareVersion name and version of this program
 * @param faces parameters of the restoration of faces; empty where it is off
 * @param settings all settings of the run
 */
record RunFacts(
    String runId,
    String outputFolder,
    String modelId,
    String bundleLicence,
    String softwareVersion,
    Map<String, String> faces,
    Config settings)
    implements Serializable {
  /** The parameters of an image with these options. */
  Parameters parameters(UpscaleOptions options) {
    return Parameters.of(
            modelId, SettingsReader.model(settings).dtype(), options, SettingsReader.job(settings))
        .and(faces);
  }
}
