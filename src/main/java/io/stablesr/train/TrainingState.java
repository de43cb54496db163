package io.stablesr.train;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.Adam;
import io.stablesr.engine.TrainableWeights;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The file a run is continued from: all weights, and of the trained ones both moments and the
 * moving average. Random numbers depend on the seed and the step alone, so the step is all that is
 * kept of them.
 */
public final class TrainingState {
  private static final String WEIGHT = "weight/";
  private static final String FIRST = "first/";
  private static final String SECOND = "second/";
  private static final String AVERAGE = "average/";
  private static final String FORMAT = "stablesr-training-1";

  private TrainingState() {}

  /** Writes the state after {@code step} steps; {@code file} is replaced at once or not at all. */
  static void write(
      Path file, long step, String stage, TrainableWeights weights, List<Adam> adams) {
    SafetensorsWriter writer =
        new SafetensorsWriter(
            Map.of("format", FORMAT, "step", Long.toString(step), "stage", stage));
    for (String key : weights.keys()) {
      writer.add(WEIGHT + key, weights.download(key), ElementType.F32);
    }
    for (Adam adam : adams) {
      for (String key : adam.keys()) {
        Adam.State state = adam.state(key);
        writer.add(FIRST + key, state.first(), ElementType.F32);
        writer.add(SECOND + key, state.second(), ElementType.F32);
        writer.add(AVERAGE + key, state.average(), ElementType.F32);
      }
    }
    writer.write(file);
  }

  /**
   * Restores a state.
   *
   * @return the number of steps done
   */
  static long read(Path file, String stage, TrainableWeights weights, List<Adam> adams) {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      if (!FORMAT.equals(checkpoint.metadata().get("format"))
          || !stage.equals(checkpoint.metadata().get("stage"))) {
        throw new StableSrException(
            ErrorCode.CHECKPOINT_KEYS,
            "%s is not a state of stage %s; move it away or choose another run folder."
                .formatted(file, stage));
      }
      for (String key : weights.keys()) {
        weights.set(key, checkpoint.get(WEIGHT + key).toFloats());
      }
      for (Adam adam : adams) {
        for (String key : adam.keys()) {
          adam.restore(
              key,
              new Adam.State(
                  checkpoint.get(FIRST + key).toFloats(),
                  checkpoint.get(SECOND + key).toFloats(),
                  checkpoint.get(AVERAGE + key).toFloats()));
        }
      }
      return Long.parseLong(checkpoint.metadata().get("step"));
    }
  }

  /**
   * The weights of files, of which later ones win: plain weight files, or states, of which the
   * moving averages are taken.
   */
  public static Map<String, FloatTensor> weights(List<Path> files) {
    Map<String, FloatTensor> weights = new LinkedHashMap<>();
    for (Path file : files) {
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        boolean state = FORMAT.equals(checkpoint.metadata().get("format"));
        for (String name : checkpoint.names()) {
          if (!state) {
            weights.put(name, checkpoint.get(name).toFloats());
          } else if (name.startsWith(WEIGHT)) {
            String key = name.substring(WEIGHT.length());
            String best = checkpoint.names().contains(AVERAGE + key) ? AVERAGE + key : name;
            weights.put(key, checkpoint.get(best).toFloats());
          }
        }
      }
    }
    return weights;
  }
}
