/* banned: functions that we do not use become errors with a readable name. Include it last. */
#ifndef LLMOBS_BASE_BANNED_H
#define LLMOBS_BASE_BANNED_H

#undef strcpy
#define strcpy banned_strcpy_use_memcpy_or_buf
#undef strcat
#define strcat banned_strcat_use_buf
#undef sprintf
#define sprintf banned_sprintf_use_snprintf
#undef strtok
#define strtok banned_strtok_use_sv
#undef gmtime
#define gmtime banned_gmtime_use_time_text
#undef localtime
#define localtime banned_localtime_use_zone
#undef atoi
#define atoi banned_atoi_use_decimal_scaled

#endif
