package io.stablesr.parity;

import io.stablesr.network.PerceptualTrunk;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which {@link Replayer} is for which file: by the two digits before the underscore and by the
 * ending, or by the whole name. Immutable.
 */
public final class Replayers {
  /** Files that replayers of other files read. */
  private static final Set<String> INPUTS =
      Set.of("niqe_luma64", "niqe_pris_params", "degrade_params");

  private final Map<String, Replayer> entries;

  private Replayers(Map<String, Replayer> entries) {
    this.entries = Map.copyOf(entries);
  }

  /** Everything that is known. */
  public static Replayers standard() {
    Map<String, Replayer> entries = new LinkedHashMap<>();
    tensors(entries, "01", new ScheduleReplayer());
    tensors(entries, "02", new TimestepEmbeddingReplayer());
    tensors(entries, "03", new ConditionEncoderReplayer());
    tensors(entries, "04", new DenoiserReplayer());
    tensors(entries, "05", new TraceReplayer());
    tensors(entries, "06", new AutoencoderReplayer());
    tensors(entries, "07", new SamplingReplayer());
    tensors(entries, "08", new SamplingReplayer());
    tensors(entries, "09", new SamplingReplayer());
    tensors(entries, "11", new TileReplayer());
    entries.put("11.json", new TilePositionsReplayer());
    tensors(entries, "12", new ColorFixReplayer());
    tensors(entries, "13", new ResizeReplayer());
    tensors(entries, "14", new TextReplayer());
    entries.put("14.json", new PromptReplayer());
    tensors(entries, "15", new ScriptReplayer());
    tensors(entries, "16", new TrainingReplayer());
    tensors(entries, "17", new DegradationReplayer());
    tensors(entries, "classic", new ClassicMetricsReplayer());
    tensors(entries, "lpips_alex", new LpipsReplayer(PerceptualTrunk.ALEX));
    tensors(entries, "lpips_vgg", new LpipsReplayer(PerceptualTrunk.VGG16));
    tensors(entries, "dists", new DistsReplayer());
    tensors(entries, "clipiqa", new ClipIqaReplayer());
    tensors(entries, "musiq", new MusiqReplayer());
    tensors(entries, "fid", new FrechetReplayer());
    tensors(entries, "srvgg_x4v3", new SrvggReplayer());
    tensors(entries, "resample", new ResampleReplayer());
    tensors(entries, "degrade", new OperatorReplayer());
    entries.put("*_metrics.csv", new PublishedScoresReplayer());
    tensors(entries, "codeformer", new CodeFormerReplayer());
    tensors(entries, "retinaface_r50", new RetinaFaceReplayer());
    tensors(entries, "rrdbnet_x2", new RestorationReplayer("rrdbnet_x2"));
    tensors(entries, "rrdbnet_x4", new RestorationReplayer("rrdbnet_x4"));
    tensors(entries, "swinir_l_x4", new RestorationReplayer("swinir_l_x4"));
    return new Replayers(entries);
  }

  private static void tensors(Map<String, Replayer> entries, String number, Replayer replayer) {
    entries.put(number + ".safetensors", replayer);
  }

  /** Whether the file is read together with another one. */
  boolean isCompanion(String fileName) {
    String name = withoutEnding(fileName);
    boolean figures =
        fileName.endsWith(".json")
            && number(fileName).isEmpty()
            && entries.containsKey(name + ".safetensors");
    return figures || INPUTS.contains(name);
  }

  /** The replayer of a file, if there is one. */
  Optional<Replayer> find(String fileName) {
    String ending = fileName.substring(fileName.lastIndexOf('.') + 1);
    if (fileName.endsWith("_metrics.csv")) {
      return Optional.of(entries.get("*_metrics.csv"));
    }
    String key = number(fileName).orElse(withoutEnding(fileName));
    return Optional.ofNullable(entries.get(key + "." + ending));
  }

  /** A file's name up to its last dot. */
  static String withoutEnding(String fileName) {
    return fileName.replaceFirst("\\.[^.]*$", "");
  }

  /** The two digits a recorded file's name begins with. */
  static Optional<String> number(String fileName) {
    return fileName.matches("\\d\\d_.*") ? Optional.of(fileName.substring(0, 2)) : Optional.empty();
  }
}
