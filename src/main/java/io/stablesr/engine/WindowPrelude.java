package io.stablesr.engine;

/** The TorchScript functions of attention inside shifted windows. */
final class WindowPrelude {
  private WindowPrelude() {}

  static String functions(int type) {
    return """
        def window_bias(table: Tensor, side: int) -> Tensor:
          a = torch.arange(side, dtype=4, layout=None, device=table.device, pin_memory=None)
          y = torch.repeat_interleave(a, side)
          x = a.repeat([side])
          dy = torch.add(torch.sub(torch.unsqueeze(y, 1), torch.unsqueeze(y, 0)), side - 1)
          dx = torch.add(torch.sub(torch.unsqueeze(x, 1), torch.unsqueeze(x, 0)), side - 1)
          rows = torch.embedding(table, torch.add(torch.mul(dy, 2 * side - 1), dx))
          return torch.unsqueeze(rows.permute([2, 0, 1]), 0)
        def window_labels(length: int, side: int, shift: int, like: Tensor) -> Tensor:
          a = torch.arange(length, dtype=4, layout=None, device=like.device, pin_memory=None)
          return torch.add(torch.ge(a, length - side).to(4), torch.ge(a, length - shift).to(4))
        def window_mask(h: int, w: int, side: int, shift: int, like: Tensor) -> Tensor:
          rows = torch.unsqueeze(__torch__.window_labels(h, side, shift, like), 1)
          columns = torch.unsqueeze(__torch__.window_labels(w, side, shift, like), 0)
          labels = torch.add(torch.mul(rows, 3), columns)
          cut = labels.reshape([h // side, side, w // side, side]).permute([0, 2, 1, 3])
          flat = cut.reshape([-1, side * side])
          apart = torch.ne(torch.unsqueeze(flat, 1), torch.unsqueeze(flat, 2))
          return torch.unsqueeze(torch.mul(apart.to(%d), -100.), 1)
        def window_attention(x: Tensor, like: Tensor, table: Tensor, heads: int, side: int, shift: int) -> Tensor:
          n, h, w, c = x.size(0), like.size(2), like.size(3), x.size(2) // 3
          y = x.reshape([n, h, w, 3 * c])
          if torch.gt(shift, 0):
            y = torch.roll(y, [0 - shift, 0 - shift], [1, 2])
          cut = y.reshape([n, h // side, side, w // side, side, 3 * c]).permute([0, 1, 3, 2, 4, 5])
          p = cut.reshape([-1, side * side, 3, heads, c // heads]).permute([2, 0, 3, 1, 4])
          scale = torch.pow(float(c // heads), -0.5)
          a = torch.matmul(torch.mul(p[0], scale), p[1].transpose(-2, -1))
          a = torch.add(a, __torch__.window_bias(table, side))
          if torch.gt(shift, 0):
            m = torch.unsqueeze(__torch__.window_mask(h, w, side, shift, x), 0)
            b = torch.add(a.reshape([n, -1, heads, side * side, side * side]), m)
            a = b.reshape([-1, heads, side * side, side * side])
          o = torch.matmul(torch.softmax(a, -1), p[2]).transpose(1, 2)
          back = o.reshape([n, h // side, w // side, side, side, c]).permute([0, 1, 3, 2, 4, 5])
          z = back.reshape([n, h, w, c])
          if torch.gt(shift, 0):
            z = torch.roll(z, [shift, shift], [1, 2])
          return z.reshape([n, h * w, c])
        """
        .formatted(type);
  }
}
