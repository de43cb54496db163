package io.stablesr.checkpoint;

import java.util.Map;
import java.util.Optional;

/** What a format reader found in a file. */
record CheckpointContents(
    Map<String, StoredTensor> tensors,
    Map<String, String> metadata,
    Optional<PickleValue> pickle) {}
