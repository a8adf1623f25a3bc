"""Lists the endings of video files and of cameras' raw files."""

VIDEO_SUFFIXES = frozenset(
    {
        *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".vob", ".wmv"),
        *(".asf", ".flv", ".3gp", ".3g2", ".ogv", ".mxf", ".gif", ".mjpeg", ".mjpg", ".h264", ".h265", ".hevc"),
        *(".ivf", ".obu", ".m2v", ".m2t", ".mpv", ".f4v", ".dv", ".y4m", ".nut", ".gxf", ".wtv", ".rm", ".rmvb"),
    }
)
RAW_SUFFIXES = frozenset({".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw"})
