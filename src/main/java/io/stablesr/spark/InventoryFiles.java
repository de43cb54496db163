package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.AllowedPrefixes;
import io.stablesr.job.ImageListing;
import io.stablesr.job.S3Inventory;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Opens the files of an S3 inventory. */
final class InventoryFiles {
  private final Configuration hadoop;
  private final AllowedPrefixes allowed;

  InventoryFiles(Configuration hadoop, AllowedPrefixes allowed) {
    this.hadoop = hadoop;
    this.allowed = allowed;
  }

  ImageListing read(FileSystem files, Path manifest) throws IOException {
    S3Inventory inventory = new S3Inventory(manifest.toString(), allowed);
    S3Inventory.Description description;
    try (Reader json = new InputStreamReader(files.open(manifest), StandardCharsets.UTF_8)) {
      description = inventory.describe(json);
    }
    for (String key : description.keys()) {
      Path file = locate(manifest, description.destinationBucket(), key);
      try (InputStream gzip = file.getFileSystem(hadoop).open(file)) {
        inventory.read(file.getName(), gzip, description.schema());
      }
    }
    return inventory.listing();
  }

  /** In the destination bucket; for an inventory that was copied elsewhere, near the manifest. */
  private Path locate(Path manifest, String bucket, String key) throws IOException {
    String name = key.substring(key.lastIndexOf('/') + 1);
    Path folder = manifest.getParent();
    List<Path> candidates = new ArrayList<>();
    if (manifest.toUri().getScheme().equals("s3a")) {
      candidates.add(new Path("s3a://" + bucket + "/" + key));
    }
    candidates.add(new Path(folder, name));
    candidates.add(new Path(folder, "data/" + name));
    if (folder.getParent() != null) {
      candidates.add(new Path(folder.getParent(), "data/" + name));
    }
    for (Path candidate : candidates) {
      if (candidate.getFileSystem(hadoop).exists(candidate)) {
        return candidate;
      }
    }
    throw new StableSrException(
        ErrorCode.INPUT_NOT_FOUND,
        "The inventory %s names the file %s, which is not there.".formatted(manifest, key));
  }
}
