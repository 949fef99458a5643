with

source as (

    select * from {{ source('interactions', 'rejects') }}

),

renamed as (

    select
        -- texts
        cast(file as varchar) as file,
        cast(reason as varchar) as reason,
        cast(line as varchar) as line,

        -- numerics
        cast(line_number as bigint) as line_number

    from source

)

select * from renamed
