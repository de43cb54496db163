package io.stablesr.report;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.image.ImageNames;
import io.stablesr.image.PicturesByStem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Pictures of a local folder, found by the ids of images: their paths without extension. */
public final class Truths {
  private final Map<String, Path> files;

  /**
   * Lists a folder and those below it.
   *
   * @throws StableSrException INPUT_NOT_FOUND when it has no pictures; MANIFEST where two pictures
   *     have the same path without extension
   */
  public Truths(Path folder) {
    Path root = folder.toAbsolutePath().normalize();
    PicturesByStem<Path> stems = new PicturesByStem<>(file -> file);
    try (Stream<Path> found = Files.walk(root)) {
      found
          .filter(Files::isRegularFile)
          .filter(file -> ImageNames.isImage(file.getFileName().toString()))
          .sorted()
          .forEach(file -> stems.add(root.relativize(file).toString().replace('\\', '/'), file));
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "The folder %s cannot be listed: it does not exist or is not readable.".formatted(folder),
          e);
    }
    files = stems.found();
    if (files.isEmpty()) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND, "The folder %s has no pictures.".formatted(folder));
    }
  }

  /** The picture of an image. */
  Optional<String> of(String imageId) {
    return Optional.ofNullable(files.get(ImageNames.withoutExtension(imageId)))
        .map(file -> "file:" + file);
  }

  /** The rows with these pictures as true ones, where there is one. */
  public ReportTable addTo(ReportTable table) {
    ReportTable extended = table.map(one -> of(one.imageId()).map(one::withTruth).orElse(one));
    if (extended.cases().stream().allMatch(one -> one.files().truth().isEmpty())) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "No picture of the reference folder has the name of an image, without extension; for instance %s."
              .formatted(table.cases().get(0).imageId()));
    }
    return extended;
  }
}
